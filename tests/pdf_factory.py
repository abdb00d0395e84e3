"""Small PDFs: one page for each colour, filled with it in its upper left quarter."""

from collections.abc import Sequence

Colour = tuple[float, float, float]


def make_pdf(colours: Sequence[Colour], size: tuple[int, int] = (200, 100)) -> bytes:
    """Give a PDF (ISO 32000-1) with a page of `size` points for each colour, 0 to 1."""
    width, height = size
    count = len(colours)
    pages = " ".join(f"{3 + 2 * number} 0 R" for number in range(count))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{pages}] /Count {count} >>"]
    for number, (red, green, blue) in enumerate(colours):
        box = f"[0 0 {width} {height}]"
        content = f"{red} {green} {blue} rg 0 {height / 2} {width / 2} {height / 2} re f"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents {4 + 2 * number} 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode()

import pytest

from models import pack_download


@pytest.mark.parametrize(
    ("pip", "bar"), [("23.2.1", "off"), ("24.0", "off"), ("24.1", "raw"), ("24.1b1", "raw"), ("26.2", "raw")]
)
def test_a_progress_bar_is_asked_for_only_where_pip_knows_it(pip, bar, monkeypatch):
    monkeypatch.setattr(pack_download, "version", lambda _name: pip)
    assert pack_download._bar() == bar

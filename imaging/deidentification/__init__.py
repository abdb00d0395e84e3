"""De-identification of DICOM instances by PS3.15 annex E."""

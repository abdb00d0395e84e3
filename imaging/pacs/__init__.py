"""Exchange with picture archives, by DIMSE and by DICOMweb."""

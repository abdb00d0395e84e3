"""DICOM and volumes: reading, geometry, index, writing."""

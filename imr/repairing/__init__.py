"""Reading recognised text tolerantly: known phrases are found although OCR got a letter of them wrong."""

"""One Excel workbook a plant: offered filled in, read back cell by cell, all or nothing."""

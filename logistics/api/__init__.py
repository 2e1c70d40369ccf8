"""The API of parcels and warehouses."""

"""Tags of templates about tickets."""

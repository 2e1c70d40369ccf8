"""Rules of templates: what they may say and how it is written."""

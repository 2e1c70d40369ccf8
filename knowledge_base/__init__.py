"""What staff and automation look up.

Owns: data that administrators edit and others read, such as the words that hint at a ticket's kind and the papers a
country's customs asks for.
May import: `common`. Its sibling `logistics` is unknown to it.
"""

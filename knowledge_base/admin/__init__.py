"""Pages of word lists and customs papers."""

from knowledge_base.admin import checklists, word_lists

__all__ = ["checklists", "word_lists"]

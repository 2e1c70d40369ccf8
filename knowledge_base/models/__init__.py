"""What the desk knows: word lists and each country's customs papers."""

from knowledge_base.models.checklist import CountryChecklist
from knowledge_base.models.word_list import WordList

__all__ = ["CountryChecklist", "WordList"]

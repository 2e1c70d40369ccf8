"""What the desk knows: word lists, each country's customs papers, the texts it sends."""

from knowledge_base.models.checklist import CountryChecklist
from knowledge_base.models.template import MessageTemplate, TemplateAudience, TemplateText
from knowledge_base.models.word_list import WordList

__all__ = ["CountryChecklist", "MessageTemplate", "TemplateAudience", "TemplateText", "WordList"]

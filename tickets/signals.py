"""What floors above may want to hear of, inside the same transaction."""

from django.dispatch import Signal

customer_erased = Signal()
"""A customer was erased. Arguments: ``message_ids`` and ``identity_ids``, lists of whose rows nothing may be kept."""

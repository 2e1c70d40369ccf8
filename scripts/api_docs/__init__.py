"""What partners' developers are given besides the schema: examples, a Postman collection, a typed client.

All of it is drawn from the schema, so that it cannot say anything else: ``python -m scripts.api_docs`` writes the pages
of docs/api, ``make client`` writes the client.
"""

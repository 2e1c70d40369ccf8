"""Webhooks out: partners' systems are told of events, after the Standard Webhooks specification.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

An event that a partner may know of is a row that the floors below write with the change itself (``PartnerEvent``, the
events of warehouse work). ``handing_on`` makes a delivery of it for each subscription that wants it; ``sending`` claims
deliveries fairly between addresses, signs and posts them; ``settling`` writes down what came of it and when to try
again; ``health`` switches off what is gone, pauses what is dead, and writes to its owner. ``replaying`` sends again,
``subscriptions`` is what owners do.
"""

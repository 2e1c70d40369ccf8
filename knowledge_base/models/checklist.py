"""Which papers a country's customs ask for."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperType(models.TextChoices):
    """Papers and evidence that can be asked for. Stable codes; labels are translated."""

    COMMERCIAL_INVOICE = "commercial_invoice", _("Commercial invoice")
    PACKING_LIST = "packing_list", _("Packing list")
    PROOF_OF_PAYMENT = "proof_of_payment", _("Proof of payment")
    IDENTITY = "identity", _("Identity document")
    TAX_NUMBER = "tax_number", _("Tax number of the importer")
    EORI = "eori", _("EORI number")
    POWER_OF_ATTORNEY = "power_of_attorney", _("Power of attorney for the broker")
    CERTIFICATE_OF_ORIGIN = "certificate_of_origin", _("Certificate of origin")
    PRODUCT_DESCRIPTION = "product_description", _("Product description and HS code")
    CONFORMITY = "conformity", _("Declaration of conformity")
    IMPORT_LICENCE = "import_licence", _("Import licence")
    PHOTOS = "photos", _("Photos of the goods")
    PACKING_PHOTOS = "packing_photos", _("Photos of the packing")
    DECLARATION = "declaration", _("Signed declaration of non-receipt")
    PURCHASE_INVOICE = "purchase_invoice", _("Purchase invoice")
    RETURN_DECLARATION = "return_declaration", _("Customs declaration for the return")
    OTHER = "other", _("Other paper")


class CountryChecklist(models.Model):
    """The papers usually asked for by one country; the row without a country is what holds elsewhere."""

    country = models.CharField(_("country"), max_length=2, unique=True, blank=True)
    papers = ArrayField(models.CharField(max_length=32, choices=PaperType.choices), verbose_name=_("papers"))
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("customs papers of a country")
        verbose_name_plural = _("customs papers by country")
        ordering: ClassVar = ["country"]

    def __str__(self) -> str:
        return self.country or str(_("Elsewhere"))

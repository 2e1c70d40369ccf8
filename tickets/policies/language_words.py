"""Common words by which people of a language are known even in a short message.

Function words first, then the words of our trade. A word may belong to several languages; it then speaks for each.
"""

from __future__ import annotations

from typing import Final

_WORDS: Final[dict[str, str]] = {
    "en": (
        "the and is are was were my your our where when what why how has have had not no yes please thank "
        "thanks hello hi hey dear i i'm it's you it this that with for from still been will would can could any "
        "there here did do does don't didn't hasn't of to on at be me we they parcel package order shipment "
        "delivery delivered tracking refund lost damaged broken customs late delayed update status urgent help "
        "received arrived address return missing today tomorrow yesterday good morning regards fees"
    ),
    "es": (
        "el la los las un una de del que y en es está esta están mi mis su donde dónde cuando cuándo qué como "
        "cómo por para con no sí si hola buenos buenas días tardes gracias muchas favor quiero necesito puede "
        "pueden todavía aún ha he han llegado llegó recibido paquete pedido envío entrega seguimiento reembolso "
        "aduana perdido roto dañado dinero dirección urgente devolución saludos retrasado hoy ayer mañana nada "
        "pero muy"
    ),
    "de": (
        "der die das den dem ein eine einen ist sind war wo wann warum wie was ich mein meine meinen ihr ihre "
        "sie wir nicht kein keine und oder mit für von auf aus bei noch immer schon bitte danke dank hallo "
        "guten tag morgen vielen haben habe hat wurde kann können paket sendung lieferung bestellung zoll "
        "verloren beschädigt kaputt verspätet geld zurück rückerstattung adresse dringend grüße heute gestern "
        "angekommen erhalten hilfe zustellung"
    ),
    "fr": (
        "le la les un une des du de et est sont mon ma mes votre vos où quand quoi comment pourquoi je j'ai "
        "nous vous il elle ce cette c'est pas ne n'est n'ai pour avec sur dans en encore toujours bonjour "
        "bonsoir salut merci beaucoup svp plaît colis commande livraison livré suivi remboursement douane perdu "
        "cassé abîmé endommagé retard argent adresse urgent retour cordialement aujourd'hui hier demain reçu "
        "arrivé rien mais très au aux d'un d'une l'adresse qui que"
    ),
    "pt": (
        "o a os as um uma do da dos das de que e em no na nos nas é está estão meu minha meus minhas seu sua "
        "onde quando como por para com não sim olá oi bom boa dia tarde noite obrigado obrigada favor quero "
        "preciso pode podem ainda já chegou recebi recebido pacote encomenda pedido entrega envio rastreio "
        "rastreamento reembolso alfândega perdido quebrado danificado dinheiro endereço urgente devolução "
        "atrasado atrasada hoje ontem amanhã nada mas muito você vocês foi cadê ao"
    ),
    "it": (
        "il lo la i gli le un una di del della che e è sono mio mia miei dove dov'è quando come perché per con "
        "non sì ciao buongiorno buonasera salve grazie mille favore vorrei posso potete ancora ho ha hanno "
        "arrivato ricevuto pacco ordine spedizione consegna tracciamento rimborso dogana perso rotto "
        "danneggiato soldi indirizzo urgente reso saluti ritardo oggi ieri domani niente ma molto questo alla "
        "nel sul"
    ),
    "nl": (
        "de het een en van is zijn was mijn jullie uw waar wanneer waarom hoe wat ik wij we niet geen met voor "
        "op uit bij nog steeds al graag alstublieft bedankt dank hallo goedemorgen goedendag heb heeft hebben "
        "werd kan kunnen pakket pakketje zending bestelling levering bezorging bezorgd douane kwijt verloren "
        "beschadigd kapot vertraagd geld terug terugbetaling adres dringend groeten vandaag gisteren morgen "
        "ontvangen aangekomen hulp deze maar blijft"
    ),
    "pl": (
        "jest są nie tak mój moja moje mojej moją gdzie kiedy dlaczego jak co to w we z ze na do od za po i "
        "oraz się proszę dziękuję dzień dobry cześć witam mam czy jeszcze już paczka paczki paczkę przesyłka "
        "przesyłki zamówienie dostawa śledzenie zwrot cło zgubiona zaginęła uszkodzona zepsuty opóźniona "
        "pieniądze adres pilne pozdrawiam dzisiaj wczoraj jutro pomoc otrzymałem dotarła została bardzo ale"
    ),
    "vi": (
        "tôi của là và không có ở đâu khi nào sao vì cho với đã chưa rồi vẫn được bị xin chào cảm ơn vui lòng "
        "giúp hàng đơn gói kiện bưu phẩm giao nhận hoàn tiền hải quan mất hỏng vỡ trễ chậm địa chỉ gấp trả hôm "
        "nay qua mai mình em anh chị bạn ạ này đến"
    ),
    "id": (
        "saya kami anda kamu yang dan di ke dari ini itu tidak belum sudah dimana mana kapan kenapa mengapa "
        "bagaimana apa apakah dengan untuk masih ada tolong mohon terima kasih halo selamat pagi siang sore "
        "malam paket pesanan kiriman barang pengiriman dikirim sampai diterima resi lacak uang kembali "
        "pengembalian bea cukai hilang rusak terlambat alamat bantu hari kemarin besok kak nya juga"
    ),
    "tr": (
        "bir ve bu şu mi mı mu mü değil var yok ben benim bana siz nerede nerde ne zaman neden nasıl için ile "
        "hala hâlâ daha lütfen teşekkür teşekkürler ederim merhaba selam iyi günler günaydın kargo kargom "
        "kargonuz paket paketim sipariş siparişim teslimat teslim edilmedi gelmedi gümrük gümrükte kayıp "
        "kayboldu hasarlı kırık gecikti para iade adres adresim acil bugün dün yarın ulaşmadı takip istiyorum "
        "çok ama"
    ),
}


def _by_word() -> dict[str, tuple[str, ...]]:
    languages: dict[str, list[str]] = {}
    for language, words in _WORDS.items():
        for word in dict.fromkeys(words.split()):
            languages.setdefault(word, []).append(language)
    return {word: tuple(known) for word, known in languages.items()}


COMMON_WORDS: Final = _by_word()

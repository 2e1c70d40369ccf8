"""The language of a message, on sentences of our own."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.policies.language import LANGUAGES, detect_language, supported_language

SENTENCES: dict[str, list[str]] = {
    "en": [
        "Where is my parcel?",
        "Customs says they need an invoice from me, what should I send?",
        "Still nothing. RR123456785CN",
        "thank you",
        "Refund please",
        "package lost",
        "The courier left the box at the wrong house and it is soaked.",
    ],
    "zh-Hans": [
        "我的包裹在哪里？",
        "海关要求提供发票，请问发给谁？",
        "怎么还没到",
        "显示已签收，但是我没有收到货，请尽快处理",
        "退款",
        "LP00432123456789 这个单号查不到物流信息",
    ],
    "zh-Hant": [
        "我的包裹在哪裡？",
        "海關要求提供發票，請問要寄給誰？",
        "顯示已簽收，但我沒有收到貨",
        "請問什麼時候會到",
        "運費是多少錢",
    ],
    "es": [
        "¿Dónde está mi paquete?",
        "La aduana me pide una factura, ¿qué tengo que enviar?",
        "No he recibido nada todavía",
        "Gracias",
        "mi paquete",
        "Quiero que me devuelvan el dinero, el producto llegó roto",
    ],
    "de": [
        "Wo ist mein Paket?",
        "Der Zoll verlangt eine Rechnung, wohin soll ich sie schicken?",
        "Immer noch nichts angekommen",
        "Danke",
        "Paket kaputt",
        "Das Gerät ist beschädigt, ich möchte mein Geld zurück",
    ],
    "fr": [
        "Où est mon colis ?",
        "La douane me demande une facture, que dois-je envoyer ?",
        "Toujours rien reçu",
        "Merci",
        "colis perdu",
        "Le livreur n'est jamais passé alors que j'étais chez moi",
    ],
    "pt": [
        "Onde está minha encomenda?",
        "A alfândega pede uma fatura, o que devo enviar?",
        "Ainda não recebi nada",
        "Obrigado",
        "cadê meu pacote",
        "O produto chegou quebrado e quero o reembolso",
    ],
    "ja": [
        "荷物はどこですか？",
        "税関から請求書を求められました。どこに送ればいいですか？",
        "まだ届いていません",
        "ありがとうございます",
        "配達状況確認",
        "商品が壊れていたので返金をお願いします",
    ],
    "ko": [
        "제 택배 어디에 있나요?",
        "세관에서 송장을 요구합니다. 어디로 보내야 하나요?",
        "아직 못 받았어요",
        "감사합니다",
    ],
    "ru": [
        "Где моя посылка?",
        "Таможня требует счёт, что мне отправить?",
        "До сих пор ничего не пришло",
        "Спасибо",
    ],
    "it": [
        "Dove è il mio pacco?",
        "La dogana mi chiede una fattura, cosa devo inviare?",
        "Non ho ancora ricevuto niente",
        "Grazie mille",
        "Il pacco è arrivato rotto, vorrei un rimborso",
    ],
    "nl": [
        "Waar is mijn pakket?",
        "De douane vraagt om een factuur, wat moet ik sturen?",
        "Nog steeds niets ontvangen",
        "Bedankt",
        "Het pakketje is beschadigd, ik wil mijn geld terug",
    ],
    "pl": [
        "Gdzie jest moja paczka?",
        "Urząd celny żąda faktury, co mam wysłać?",
        "Nadal nic nie dotarło",
        "Dziękuję",
        "Paczka dotarła uszkodzona, proszę o zwrot pieniędzy",
    ],
    "vi": [
        "Đơn hàng của tôi ở đâu?",
        "Hải quan yêu cầu hóa đơn, tôi phải gửi gì?",
        "Tôi vẫn chưa nhận được hàng",
        "Cảm ơn",
    ],
    "id": [
        "Paket saya di mana?",
        "Bea cukai meminta faktur, apa yang harus saya kirim?",
        "Barang belum sampai",
        "Terima kasih",
        "Kapan pesanan saya dikirim, sudah dua minggu",
    ],
    "th": [
        "พัสดุของฉันอยู่ที่ไหน",
        "ศุลกากรขอใบแจ้งหนี้ ต้องส่งอะไรบ้าง",
        "ยังไม่ได้รับของเลย",
        "ขอบคุณ",
    ],
    "ar": [
        "أين طردي؟",
        "الجمارك تطلب فاتورة، ماذا يجب أن أرسل؟",
        "لم أستلم أي شيء حتى الآن",
        "شكرا",
    ],
    "tr": [
        "Kargom nerede?",
        "Gümrük fatura istiyor, ne göndermem gerekiyor?",
        "Hâlâ hiçbir şey gelmedi",
        "Teşekkürler",
        "Paket hasarlı geldi, para iadesi istiyorum",
    ],
}


def test_ninety_seven_of_a_hundred_sentences_are_right() -> None:
    wrong = [
        (language, detect_language(sentence), sentence)
        for language, sentences in SENTENCES.items()
        for sentence in sentences
        if detect_language(sentence) != language
    ]
    total = sum(map(len, SENTENCES.values()))

    assert len(wrong) <= 0.03 * total, wrong


def test_every_language_is_right_in_its_longest_sentence() -> None:
    for language, sentences in SENTENCES.items():
        assert detect_language(max(sentences, key=len)) == language


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("", "", ""),
        ("RR123456785CN", "", ""),
        ("RR123456785CN", "de-DE", "de"),
        ("https://example.com/where/is/my/parcel", "", ""),
        ("anna.schmidt@example.com", "", ""),
        ("👍👍", "pt_BR", "pt"),
        ("Xiaomi", "", ""),
        ("Xiaomi", "es", "es"),
        ("ok", "fr", "fr"),
        ("包裹", "zh-TW", "zh-Hant"),
        ("包裹", "", "zh-Hans"),
        ("追跡番号", "", "ja"),
        ("Дякую, але посилка не прийшла", "", "uk"),
        ("你好, I would like to know where my parcel is now", "", "en"),
        ("我的 iPhone 15 Pro Max 到哪里了", "", "zh-Hans"),
        ("DHLの荷物です", "", "ja"),
        ("WHERE IS MY PACKAGE", "", "en"),
    ],
)
def test_hint_decides_only_what_the_text_leaves_open(text: str, hint: str, expected: str) -> None:
    assert detect_language(text, hint=hint) == expected


def test_hint_does_not_outvote_a_clear_sentence() -> None:
    assert detect_language("Where is my parcel? I have been waiting for weeks.", hint="de") == "en"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en-US", "en"), ("zh-CN", "zh-Hans"), ("zh_HK", "zh-Hant"), ("zh-Hans-TW", "zh-Hans"), ("xx", ""), ("", "")],
)
def test_tags_are_reduced_to_ours(tag: str, expected: str) -> None:
    assert supported_language(tag) == expected


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_text_gives_one_of_our_languages_or_none(text: str, hint: str) -> None:
    assert detect_language(text, hint=hint) in {"", *LANGUAGES}


def test_a_megabyte_is_judged_by_its_beginning() -> None:
    detect_language("warm up the model")
    begin = time.process_time()

    assert detect_language("Where is my parcel? " * 50_000) == "en"

    assert time.process_time() - begin < 0.2

"""The first guess of a ticket's kind, with the shipped word lists."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.policies.kind_guess import Guess, guess_kind, is_thanks, word_hits
from tickets.policies.word_lists import WordList, WordLists, word_lists_of_version

DATA = Path(__file__).parents[3] / "knowledge_base" / "data" / "word_lists.json"
ROWS = [WordList(row["purpose"], row["language"], tuple(row["words"])) for row in json.loads(DATA.read_text("utf-8"))]
SHIPPED = WordLists.compile(ROWS)
KINDS = {"clearance", "delay", "loss", "failed_delivery", "return", "payment", "safety", "warehouse"}

MESSAGES: list[tuple[str, str]] = [
    ("Where is my parcel? It should have arrived last week", "delay"),
    ("My package is held at customs, they want an invoice", "clearance"),
    ("Tracking says delivered but I never received it", "loss"),
    ("The box arrived crushed and the vase is broken", "loss"),
    ("The driver left a card, nobody was home, please redeliver tomorrow", "failed_delivery"),
    ("I want to return the shoes, wrong size", "return"),
    ("You charged me twice for shipping", "payment"),
    ("The charger caught fire and burned my hand", "safety"),
    ("SKU 4431 stock count in your warehouse differs from our ASN", "warehouse"),
    ("Do you ship to Norway?", "inquiry"),
    ("Hello", "inquiry"),
    ("我的包裹被海关扣留了，要求提供商业发票", "clearance"),
    ("怎么还没到，物流一直没有更新", "delay"),
    ("显示已签收但我没收到货", "loss"),
    ("收到的时候箱子破损，东西碎了", "loss"),
    ("派送失败，地址错误，请重新派送", "failed_delivery"),
    ("尺码不对，我想退货", "return"),
    ("支付失败，但是已经扣款了", "payment"),
    ("孩子用了以后过敏，去医院了", "safety"),
    ("海外仓库存不符，入库少了两箱", "warehouse"),
    ("请问你们发挪威吗", "inquiry"),
    ("Mi paquete está retenido en aduana, ¿qué factura comercial necesitan?", "clearance"),
    ("Mi pedido no ha llegado, lleva dos semanas de retraso", "delay"),
    ("Aparece entregado pero nunca recibí nada", "loss"),
    ("Llegó roto", "loss"),
    ("El repartidor no vino, la dirección estaba mal, cambiar la dirección por favor", "failed_delivery"),
    ("Quiero devolver el producto, talla equivocada", "return"),
    ("Me cobraron dos veces", "payment"),
    ("La batería explotó, hablaré con mi abogado", "safety"),
    ("Das Paket liegt beim Zoll, welche Handelsrechnung brauchen Sie?", "clearance"),
    ("Ich warte seit zwei Wochen, wo bleibt die Sendung?", "delay"),
    ("Laut Status zugestellt, aber nie erhalten", "loss"),
    ("Die Vase ist zerbrochen", "loss"),
    ("Der Bote hat nicht geklingelt, bitte erneut zustellen", "failed_delivery"),
    ("Ich möchte die Schuhe zurücksenden, falsche Größe", "return"),
    ("Der Betrag wurde doppelt abgebucht", "payment"),
    ("Ich habe mich verletzt, mein Anwalt meldet sich", "safety"),
    ("Mon colis est bloqué en douane", "clearance"),
    ("Mon colis n'est toujours pas arrivé, quel retard", "delay"),
    ("Indiqué livré mais jamais reçu", "loss"),
    ("Le livreur n'est pas passé, je n'ai qu'un avis de passage", "failed_delivery"),
    ("Je veux renvoyer l'article, mauvaise taille", "return"),
    ("J'ai été débité deux fois", "payment"),
    ("C'est une contrefaçon, je vais porter plainte", "safety"),
    ("Minha encomenda está parada na alfândega, qual imposto de importação devo pagar?", "clearance"),
    ("Meu pedido está atrasado e não chegou", "delay"),
    ("Consta entregue mas não recebi nada, foi extraviado", "loss"),
    ("O carteiro não veio, quero nova entrega", "failed_delivery"),
    ("Quero trocar, tamanho errado", "return"),
    ("Pagamento recusado, cobrança duplicada", "payment"),
    ("A bateria pegou fogo", "safety"),
    ("荷物が税関で止まっています。インボイスが必要ですか", "clearance"),
    ("まだ届きません。遅延していますか", "delay"),
    ("配達完了となっているのに受け取っていません", "loss"),
    ("商品が壊れていました", "loss"),
    ("不在票が入っていたので再配達をお願いします", "failed_delivery"),
    ("サイズが合わないので返品したいです", "return"),
    ("二重請求されています", "payment"),
    ("充電器から発火しました", "safety"),
    ("倉庫の在庫数が合いません", "warehouse"),
    ("It is not lost, I just want the ETA", "delay"),
    ("包裹没有丢失，只是还没到", "delay"),
    ("brand new address: 5 Hospital Road. When will it arrive?", "delay"),
    ("Boa tarde, vocês entregam em Lisboa?", "inquiry"),
    ("Still waiting for my refund", "payment"),
    ("I need to change my address before you deliver", "failed_delivery"),
    ("My order says held by customs and I already paid duty", "clearance"),
]


def compiled(**words: list[str]) -> WordLists:
    return WordLists.compile(WordList(f"kind:{kind}", "en", tuple(listed)) for kind, listed in words.items())


def test_shipped_lists_cover_every_purpose_in_every_language() -> None:
    held = {(row.purpose, row.language): len(row.words) for row in ROWS}
    purposes = {*(f"kind:{kind}" for kind in KINDS), "anger", "thanks"}

    assert set(held) == {
        (purpose, language) for purpose in purposes for language in ("en", "zh", "es", "de", "fr", "pt", "ja")
    }
    assert min(held.values()) >= 15
    assert max(len(word) for row in ROWS for word in row.words) <= 120


@pytest.mark.parametrize(("text", "kind"), MESSAGES)
def test_message_is_guessed(text: str, kind: str) -> None:
    assert guess_kind(text, word_lists=SHIPPED).kind == kind


def test_hits_are_the_words_as_they_are_listed() -> None:
    guess = guess_kind("Stuck in CUSTOMS! Customs wants a commercial  invoice", word_lists=SHIPPED)

    assert guess.hits == ("stuck in customs", "customs", "commercial invoice")
    assert 0.5 < guess.score <= 1


def test_nothing_said_is_an_inquiry() -> None:
    assert guess_kind("", word_lists=SHIPPED) == Guess("inquiry", 0.0, ())
    assert guess_kind("hello", word_lists=WordLists.compile([])) == Guess("inquiry", 0.0, ())


def test_phrase_weighs_more_than_the_word_inside_it() -> None:
    lists = compiled(payment=["refund not received"], **{"return": ["refund"]})

    assert guess_kind("refund not received", word_lists=lists).kind == "payment"
    assert guess_kind("refund not received", word_lists=lists).hits == ("refund not received",)


def test_star_marks_a_stem_and_its_absence_a_whole_word() -> None:
    lists = compiled(loss=["damag*"], delay=["late"])

    assert guess_kind("DAMAGES everywhere", word_lists=lists).kind == "loss"
    assert guess_kind("lately", word_lists=lists).kind == "inquiry"


def test_accents_and_case_do_not_matter() -> None:
    assert guess_kind("RETENIDO EN ADUANA", word_lists=SHIPPED) == guess_kind("retenido én aduána", word_lists=SHIPPED)


def test_safety_wins_over_whatever_else_is_said() -> None:
    text = "Late, lost, damaged, refund, customs, customs broker, customs duty, and my son had an allergic reaction"

    assert guess_kind(text, word_lists=SHIPPED).kind == "safety"


def test_denied_loss_is_no_loss() -> None:
    assert guess_kind("it is not lost", word_lists=SHIPPED).kind == "inquiry"
    assert guess_kind("no, lost!", word_lists=SHIPPED).kind == "loss"
    assert guess_kind("没有丢失", word_lists=SHIPPED).kind == "inquiry"
    assert guess_kind("紛失していません", word_lists=SHIPPED).kind == "inquiry"


def test_word_of_another_language_counts_less() -> None:
    text = "vol"
    spoken = guess_kind(text, word_lists=SHIPPED, language="fr")

    assert spoken.kind == "loss"
    assert guess_kind(text, word_lists=SHIPPED, language="en").score < spoken.score


def test_words_of_a_purpose_are_listed() -> None:
    assert word_hits("This is UNACCEPTABLE, a scam!", word_lists=SHIPPED, purpose="anger") == ("unacceptable", "scam")


def test_lists_of_a_version_are_compiled_once() -> None:
    calls: list[int] = []

    def load() -> list[WordList]:
        calls.append(1)
        return ROWS[:1]

    first = word_lists_of_version("test-1", load)

    assert word_lists_of_version("test-1", load) is first
    assert word_lists_of_version("test-2", load) is not first
    assert len(calls) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much for your help!",
        "Thank you, best regards, Anna Schmidt",
        "Thanks\nAnna",
        "谢谢",
        "好的，谢谢！",
        "收到，非常感谢🙏",
        "👍",
        "Muchas gracias por su ayuda, un saludo",
        "Vielen Dank!\n\nMit freundlichen Grüßen\nHans Müller",
        "Merci beaucoup, bonne journée",
        "Obrigada! Abraços, Maria",
        "ありがとうございました。",
        "ご対応いただきありがとうございました",
        "Great, received it, thank you",
        "Thx",
        "Super, danke!",
    ],
)
def test_mere_thanks_are_recognised(text: str) -> None:
    assert is_thanks(text, SHIPPED)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks but where is it?",
        "Thanks. Still waiting",
        "Thank you, but it is broken",
        "谢谢，但是还没收到",
        "Gracias, pero no ha llegado",
        "Danke, aber kaputt",
        "ありがとう。まだ届いていません",
        "",
        "Thanks, Cancel my order",
        "Thanks, where is it",
        "not ok",
        "Ok refund me",
        "Merci de me rembourser",
        "thanks for nothing",
        "RR123456785CN",
    ],
)
def test_more_than_thanks_is_not_thanks(text: str) -> None:
    assert not is_thanks(text, SHIPPED)


@given(st.text(max_size=300))
def test_any_text_gives_a_kind_and_a_share(text: str) -> None:
    guess = guess_kind(text, word_lists=SHIPPED)

    assert guess.kind in KINDS | {"inquiry"}
    assert 0 <= guess.score <= 1
    assert is_thanks(text, SHIPPED) in {True, False}


@given(st.lists(st.text(max_size=12), max_size=30), st.text(max_size=100))
def test_any_words_compile(words: list[str], text: str) -> None:
    lists = WordLists.compile([WordList("kind:loss", "en", tuple(words))])

    assert guess_kind(text, word_lists=lists).kind in {"loss", "inquiry"}


def test_long_lists_cost_no_more_than_short_ones() -> None:
    many = [WordList("kind:loss", "en", tuple(f"word{number} more" for number in range(50_000)))]
    text = "Where is my parcel? It has been held at customs for two weeks and nobody answers me. " * 6

    def seconds(lists: WordLists) -> float:
        guess_kind(text, word_lists=lists)
        begin = time.process_time()
        for _ in range(200):
            guess_kind(text, word_lists=lists)
        return time.process_time() - begin

    assert seconds(WordLists.compile([*ROWS, *many])) < 2 * seconds(SHIPPED) + 0.01

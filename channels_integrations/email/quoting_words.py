"""The words by which mail programs introduce earlier mail, in the languages customers write in."""

from __future__ import annotations

import re

# Verbs of "On <date>, <name> wrote:", also of programs that put the verb in the middle or drop the colon.
_WROTE = (
    "wrote|writes|has written|schrieb|geschrieben|hat geschrieben|schreef|heeft geschreven|geschreven|"
    r"a écrit|a ecrit|écrivait|escribió|escribio|ha escrito|va escriure|escreveu|ha scritto|scrisse|a scris|"
    r"skrev|skrifaði|kirjoitti|napisał(?:\(a\)|a)?|napisal(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|"
    r"написал(?:\(а\)|а)?|пишет|писал(?:\(а\)|а)?|написав(?:\(ла\)|ла)?|пише|"
    r"írta|yazdı|yazmış|έγραψε|đã viết|viết|menulis|tulis|เขียนว่า|เขียน|كتب|تمت كتابة ما يلي|כתב(?:/ה)?|מאת|"
    "写道|寫道|写到|書きました|のメール|님이 작성|님이 씀|작성:|작성"
)
WROTE = re.compile(rf"(?:(?<!\w)(?:{_WROTE})(?!\w))|写道|寫道|写到|書きました|님이|เขียน", re.IGNORECASE)
WROTE_END = re.compile(rf"(?:{_WROTE})\s*[:：]?\s*[-*_]{{0,12}}$", re.IGNORECASE)

# What an attribution starts with, when it is not a name or a date.
LEAD = re.compile(
    r"^[\s*_-]{0,12}(?:On|Le|Am|El|Em|Il|In data|Op|Den|På|W dniu|Dnia|Vào(?: lúc)?|Pada|Dne|Dňa|Στις|La data|"
    r"Tarihinde|ในวันที่|เมื่อ|في|ב|A|Il giorno|Ven|Lun|Mar|Mer|Jeu|Sam|Dim|在|於|于|Пн|Вт|Ср|Чт|Пт|Сб|Вс|"
    r"пн|вт|ср|чт|пт|сб|вс|(?:ma|ti|ke|to|pe|la|su)(?=\s\d))(?:[.,]?\s|\d|\s?20)"
)
# "On 20 November your driver wrote:" tells of somebody and quotes nobody's mail.
FIRST_PERSON = re.compile(
    r"(?<![\w@.])(?:I|you|my|your|our|the|ich|sie|ihr|ihre|mein|meine|unser|der|die|je|vous|votre|mon|yo|usted|su|mi|eu|"
    r"você|seu|io|lei|ik|jullie|uw|jag|ja|я|вы|ваш|我|您|你|你们|您的|我的)(?![\w@.])",
)

_ORIGINAL = (
    r"original(?:e)?(?: message| mail| e-?mail| appointment)?|(?:mail|e-?mail) original|邮件原件|"
    r"보낸 (?:메시지|메일)|replied message|reply message|"
    r"(?:原始|原|回复的原|回覆的原|原來的|原来的)(?:邮件|郵件|信件|讯息|消息)|原文|回复邮件|"
    r"ursprüngliche (?:nachricht|mail|e-mail)|original(?:-)?nachricht|originalmail|"
    r"message d['’]origine|message original|message initial|courriel original|e-mail d['’]origine|"
    r"mensaje original|correo original|missatge original|mensagem original|messaggio originale|"
    r"oorspronkelijk bericht|origineel bericht|originalmeddelande|ursprungligt meddelande|"
    r"opprinnelig melding|oprindelig (?:meddelelse|besked)|alkuperäinen viesti|"
    r"wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-mail)|pôvodná správa|eredeti üzenet|"
    r"исходное сообщение|оригинальное сообщение|вихідне повідомлення|mesaj original|orijinal (?:mesaj|ileti)|"
    r"αρχικό μήνυμα|원본 (?:메시지|메일|이메일)|원본메시지|원본메일|original message|元のメッセージ|元のメール|"
    r"thư gốc|tin nhắn gốc|pesan asli|mesej asal|ข้อความต้นฉบับ|الرسالة الأصلية|رسالة أصلية|הודעה מקורית"
)
ORIGINAL = re.compile(
    rf"^[\s|*_>]{{0,10}}[-_=–—*]{{2,}}[\s\u00a0*]*(?:{_ORIGINAL})\s*[:：]?[\s\u00a0*]*[-_=–—*]{{2,}}[\s|*]*$",
    re.IGNORECASE,
)

# The same without rules around it; counts only above a rule or a header block.
ORIGINAL_TITLE = re.compile(rf"^\s*(?:{_ORIGINAL})\s*[:：]?\s*$", re.IGNORECASE)

_FORWARDED = (
    r"forwarded (?:message|by|mail|email)|begin forwarded message|weitergeleitete nachricht|"
    r"anfang der weitergeleiteten (?:nachricht|e-mail)|message (?:transféré|réexpédié)|"
    r"début du message (?:réexpédié|transféré)|"
    r"mensaje reenviado|inicio del mensaje reenviado|mensagem (?:encaminhada|reencaminhada)|"
    r"início da mensagem (?:encaminhada|reencaminhada)|messaggio inoltrato|inizio messaggio inoltrato|"
    r"doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat (?:meddelande|brev)|"
    r"videresendt (?:melding|meddelelse|besked)|"
    r"wiadomość przekazana|przekazana wiadomość|пересылаемое сообщение|пересланное сообщение|"
    r"(?:转发|轉寄|轉發|被转发|被轉寄)的?(?:邮件|郵件|信件|消息)(?:信息|資訊)?|下面是被转发的邮件|"
    r"開始轉寄郵件|転送(?:された)?(?:メッセージ|メール)|"
    r"전달된 (?:메시지|메일|이메일)|전달한 메일|thư đã chuyển tiếp|tin nhắn được chuyển tiếp|pesan terusan|"
    r"iletilen (?:ileti|mesaj)|yönlendirilmiş (?:ileti|mesaj)|ข้อความที่ส่งต่อ|رسالة معاد توجيهها"
)
FORWARDED = re.compile(
    rf"^[\s>*|]{{0,10}}(?:[-_=–—*]{{2,}}[\s\u00a0*]*(?:{_FORWARDED})|(?:begin forwarded message|"
    rf"anfang der weitergeleiteten|"
    r"début du message|inicio del mensaje reenviado|início da mensagem|inizio messaggio inoltrato|下面是被转发的邮件|"
    r"開始轉寄郵件)[^:：]{0,20}[:：])",
    re.IGNORECASE,
)

# Labels of the header block that Outlook, Foxmail and others put above the earlier mail.
_LABELS = {
    "from": (
        "From|Von|De|Da|Van|Från|Fra|Od|От|От кого|Від|发件人|寄件者|寄件人|发信人|差出人|送信者|보낸 사람|"
        "보낸사람|발신|Kimden|"
        "Gönderen|Từ|Người gửi|Dari|จาก|من|Lähettäjä|Feladó|Από"
    ),
    "sent": (
        "Sent|Gesendet|Envoyé|Envoyé le|Enviado|Enviada|Enviado el|Enviado em|Enviada em|Inviato|"
        "Verzonden|Skickat|Sendt|Wysłano|Wysłane|Отправлено|Надіслано|发送时间|发送日期|傳送日期|寄件日期|"
        "發送時間|送信日時|"
        "보낸 날짜|보낸시간|보낸 시간|Gönderildi|Gönderme Tarihi|Đã gửi|Dikirim|ส่ง|ส่งเมื่อ|تاريخ الإرسال|"
        "Lähetetty|Elküldve|Στάλθηκε|Odesláno"
    ),
    "date": (
        "Date|Datum|Fecha|Data|Dato|Дата|日期|时间|時間|日時|날짜|Tarih|Ngày|Tanggal|วันที่|التاريخ|Päivämäärä|"
        "Dátum|Ημερομηνία"
    ),
    "to": (
        "To|An|À|A|Para|Aan|Till|Til|Do|Кому|收件人|收件者|宛先|받는 사람|받는사람|수신|Kime|Alıcı|Đến|"
        "Kepada|Ke|ถึง|إلى|"
        "Vastaanottaja|Címzett|Προς|Komu"
    ),
    "cc": (
        "Cc|CC|Kopie|Copie|Copia|Cópia|Kopia|DW|Копия|抄送|副本|참조|Bilgi|Đồng gửi|สำเนา|نسخة|Bcc|密送|"
        "Reply-To|回复|Antwort an|Répondre à|Importance|Priority|Attachments"
    ),
    "subject": (
        "Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp|Ämne|Emne|Temat|Тема|主题|主旨|主題|标题|件名|제목|"
        "Konu|Chủ đề|Tiêu đề|Subjek|Perihal|เรื่อง|الموضوع|Aihe|Tárgy|Θέμα|Předmět"
    ),
}
LABEL_KINDS: dict[str, set[str]] = {}
for _kind, _words in _LABELS.items():
    for _word in _words.split("|"):
        LABEL_KINDS.setdefault(_word.lower(), set()).add(_kind)
LABEL = re.compile(r"^[\s*_|]{0,8}([^\s:：*|][^:：*|\n]{0,20}?)[\s\u00a0*_|]{0,4}[:：|][\s*_|]{0,4}(.*)$")

_MONTHS = (
    r"jan|feb|f[eé]v|m[aä]r|apr|avr|abr|ma[yijg]|jun|juin|juil|jul|aug|ao[uû]|ago|sep|set|o[ck]t|out|"
    r"nov|de[cz]|dic|"
    r"янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|"
    r"січ|лют|берез|квіт|трав|черв|лип|серп|верес|жовт|листоп|груд|"
    r"tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu|"
    r"led|úno|bře|dub|kvě|čer|srp|zář|říj|pro|"
    r"sty|lut|kwi|maj|cze|lip|sie|wrz|paź|lis|gru|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara|tháng"
)
DATE = re.compile(
    rf"(?<!\d)(?:\d{{4}}\s?[-/.年년]\s?\d{{1,2}}\s?[-/.月월]\s?\d{{1,2}}|\d{{1,2}}[-/.] ?\d{{1,2}}[-/.] ?\d{{2,4}}|"
    rf"\d{{1,2}}\.?(?: de | d'|[ .-])\s?(?:{_MONTHS})|(?:{_MONTHS})[^\s\d]{{0,8}}\.?\s\d{{1,2}}(?!\d)|"
    rf"\d{{1,2}}\s(?:ม\.ค|ก\.พ|มี\.ค|เม\.ย|พ\.ค|มิ\.ย|"
    r"ก\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค)|\d{1,2}\s[\u0590-\u06ff]{3,10}[\s،]\s?\d{4})",
    re.IGNORECASE,
)
TIME = re.compile(r"(?<!\d)\d{1,2}[:.h：]\s?\d{2}(?!\d)")
DATE_START = re.compile(
    rf"^[\s*_-]{{0,12}}(?:\w{{2,12}}\.?,?\s)?(?:\d{{4}}\s?[-/.年년]|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|"
    rf"\d{{1,2}}\.? (?:de )?(?:{_MONTHS}))",
    re.IGNORECASE,
)
# Old Gmail: "2016-03-03 17:21 GMT+01:00 Some One", "2013/7/20 someone <a@b>", both without a colon.
DATED_NAME = re.compile(
    r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:\s\d{1,2}:\d{2}\s(?:GMT|UTC)[+-]\d{1,2}:?\d{2}\s+\S.{0,200}|"
    r"\s.{0,150}<[^<>\s]+@[^<>\s]+>:?)$"
)
EMAIL = re.compile(r"[^\s<>\"(),:;@]{1,100}@[^\s<>\"(),:;@]{1,200}")

# Lines that a telephone or a webmail adds below the text.
# A device or program, or "my": "sent from Shenzhen on Monday" is no signature.
_DEVICE = (
    r"(?<!\w)(?:my|mein\w{0,2}|mon|ma|mi|meu|minha|mio|mia|mijn|min|mit|moj\w+|мо(?:его|ей)|saya)"
    r"(?!\w)|我的|私の|나의|내 |tôi|"
    r"iphone|ipad|ipod|android|samsung|galaxy|huawei|honor|xiaomi|redmi|oppo|vivo|pixel|nokia|htc|xperia|motorola|"
    r"blackberry|windows|outlook|mail|yahoo|gmx|web\.de|spark|boxer|blue|mobil|móvil|phone|handy|telefon|telefoon|"
    r"téléphone|teléfono|celular|telemóvel|cellulare|телефон|смартфон|почт|device|tablet|laptop|k-9|手机|手機|邮箱|郵箱|"
    r"スマホ|スマートフォン|휴대폰|갤럭시|아이폰"
)
MOBILE = re.compile(
    rf"^[\s<(\[*_]{{0,5}}(?=.{{0,90}}(?:{_DEVICE}))(?:"
    r"sent (?:from|via|with|by|using) .{1,150}|\S{0,30} ?from (?:my )?(?:iphone|ipad|mobile|phone|"
    r"android).{0,20}|"
    r"someone from mobile|(?:get|download) \[?(?:outlook|yahoo|boxer|spark|edison|blue ?mail).{1,150}|"
    r"envoyé (?:depuis|de|à partir de|avec) .{1,120}|télécharge[rz] outlook.{0,120}|"
    r"obtenir outlook.{0,120}|obtenez outlook.{0,120}|"
    r"von meinem .{1,60} gesendet.{0,60}|gesendet (?:von|mit|über) .{1,120}|"
    r"diese nachricht wurde von .{1,100} gesendet.{0,20}|"
    r"(?:holen sie sich|laden sie) outlook.{0,120}|enviado (?:desde|do|a partir de|de|via|con|"
    r"com) .{1,120}|obtener outlook.{0,120}|obter o outlook.{0,120}|"
    r"inviato (?:da|dal|con|tramite) .{1,120}|(?:scarica|ottieni) outlook.{0,120}|verzonden (?:vanaf|"
    r"met|via|vanuit) .{1,120}|outlook voor .{1,60} downloaden.{0,80}|"
    r"skickat från .{1,120}|skickades från .{1,120}|hämta outlook.{0,120}|sendt (?:fra|med) .{1,120}|"
    r"lähetetty .{1,100}|"
    r"wysłan[eo] z .{1,120}|pobierz (?:program )?outlook.{0,120}|отправлено (?:с|из|с помощью) .{1,120}|"
    r"надіслано (?:з|із) .{1,120}|"
    r"odesláno z .{1,120}|odoslané z .{1,120}|.{0,40}tarafından gönderildi|.{2,40}(?:['’]?(?:den|dan|"
    r"tan|ten)|ımdan|umdan) gönderildi|"
    r"đã gửi từ .{1,120}|được gửi từ .{1,120}|dikirim (?:dari|melalui) .{1,120}|ส่งจาก.{1,120}|"
    r"أُ?رسل من .{1,120}|تم الإرسال من .{1,120}|"
    r"(?:发|發)自(?:我的|於我的)?.{1,60}|从我的.{1,40}(?:发送|发出|傳送|寄出)|從我的.{1,40}(?:傳送|發送|寄出)|"
    r"来自(?:我的)?.{0,12}(?:iphone|android|手机).{0,30}|"
    r"由.{1,20}(?:邮箱|手机)(?:发出|发送)|发送自.{1,60}|傳送自.{1,60}|获取 ?outlook.{0,100}|取得 ?outlook.{0,100}|"
    r"(?:私の|マイ)?.{0,20}(?:iphone|ipad|android|スマートフォン)から送信.{0,20}|"
    r".{0,40}から送信(?:しました|されました)?|"
    r"outlook .{1,20}を入手.{0,80}|"
    r"(?:나의|내) .{1,30}에서 보냄.{0,20}|.{1,40}에서 보냄|.{1,40}에서 보낸 메일입니다.{0,5}"
    r")[\s>)\]*_.]{0,5}$",
    re.IGNORECASE,
)

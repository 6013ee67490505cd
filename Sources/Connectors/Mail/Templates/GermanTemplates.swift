/// The built-in texts in German.
enum GermanTemplates {
  /// Named as the files of a template folder are, without the ending.
  static let texts: [String: String] = [
    "acknowledgement.subject": """
    Bestellung {{number}} eingegangen, Bestätigung steht noch aus
    """,
    "acknowledgement.text": """
    {{#customer}}Guten Tag {{customer}},{{/customer}}{{^customer}}Guten Tag,{{/customer}}

    vielen Dank. Ihre Bestellung {{number}} ist bei uns eingegangen.

    Sie ist noch nicht bestätigt: Wir prüfen die Verfügbarkeit und melden uns wieder per
    E-Mail. Diese Nachricht ist keine Auftragsbestätigung.

    Freundliche Grüße
    {{shop}}
    """,
    "acknowledgement.html": """
    <!doctype html>
    <html lang="de">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Guten Tag <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Guten Tag,{{/customer}}</p>
    <p>vielen Dank. Ihre Bestellung <bdi>{{number}}</bdi> ist bei uns eingegangen.</p>
    <p>Sie ist noch nicht bestätigt: Wir prüfen die Verfügbarkeit und melden uns wieder per
    E-Mail. Diese Nachricht ist keine Auftragsbestätigung.</p>
    <p>Freundliche Grüße<br>
    {{shop}}</p>
    </body>
    </html>
    """,
    "confirmation.subject": """
    Bestellung {{number}} bestätigt
    """,
    "confirmation.text": """
    {{#customer}}Guten Tag {{customer}},{{/customer}}{{^customer}}Guten Tag,{{/customer}}

    Ihre Bestellung {{number}} ist bestätigt.

    {{#record}}
    Unser Zeichen: {{record}}

    {{/record}}
    Ihre Artikel:

    {{#lines}}
      {{quantity}} × {{title}}
    {{/lines}}
    {{#moreLines}}
      … und {{moreLines}} weitere
    {{/moreLines}}

    Gesamtbetrag: {{total}}

    {{#hasAddress}}
    Lieferung an:

    {{#address}}
      {{part}}
    {{/address}}

    {{/hasAddress}}
    Freundliche Grüße
    {{shop}}
    """,
    "confirmation.html": """
    <!doctype html>
    <html lang="de">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Guten Tag <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Guten Tag,{{/customer}}</p>
    <p>Ihre Bestellung <bdi>{{number}}</bdi> ist bestätigt.</p>
    {{#record}}
    <p>Unser Zeichen: {{record}}</p>
    {{/record}}
    <p>Ihre Artikel:</p>
    <ul>
    {{#lines}}
    <li>{{quantity}} × <bdi>{{title}}</bdi></li>
    {{/lines}}
    {{#moreLines}}
    <li>… und {{moreLines}} weitere</li>
    {{/moreLines}}
    </ul>
    <p>Gesamtbetrag: {{total}}</p>
    {{#hasAddress}}
    <p>Lieferung an:</p>
    <p>
    {{#address}}
    <bdi>{{part}}</bdi><br>
    {{/address}}
    </p>
    {{/hasAddress}}
    <p>Freundliche Grüße<br>
    {{shop}}</p>
    </body>
    </html>
    """,
    "cannot_fulfil.subject": """
    Bestellung {{number}} kann nicht ausgeführt werden
    """,
    "cannot_fulfil.text": """
    {{#customer}}Guten Tag {{customer}},{{/customer}}{{^customer}}Guten Tag,{{/customer}}

    es tut uns leid: Wir können Ihre Bestellung {{number}} nicht ausführen.

    Bei Fragen, auch zu Ihrer Zahlung, antworten Sie bitte auf diese Nachricht.

    Freundliche Grüße
    {{shop}}
    """,
    "cannot_fulfil.html": """
    <!doctype html>
    <html lang="de">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Guten Tag <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Guten Tag,{{/customer}}</p>
    <p>es tut uns leid: Wir können Ihre Bestellung <bdi>{{number}}</bdi> nicht ausführen.</p>
    <p>Bei Fragen, auch zu Ihrer Zahlung, antworten Sie bitte auf diese Nachricht.</p>
    <p>Freundliche Grüße<br>
    {{shop}}</p>
    </body>
    </html>
    """,
  ]
}

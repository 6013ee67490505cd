/// The built-in texts in English.
enum EnglishTemplates {
  /// Named as the files of a template folder are, without the ending.
  static let texts: [String: String] = [
    "acknowledgement.subject": """
    Order {{number}} received, confirmation pending
    """,
    "acknowledgement.text": """
    {{#customer}}Hello {{customer}},{{/customer}}{{^customer}}Hello,{{/customer}}

    Thank you. We have received your order {{number}}.

    It is not yet confirmed: we are checking availability. You will hear from us again by
    mail; until then nothing is settled.

    Kind regards
    {{shop}}
    """,
    "acknowledgement.html": """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Hello <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Hello,{{/customer}}</p>
    <p>Thank you. We have received your order <bdi>{{number}}</bdi>.</p>
    <p>It is not yet confirmed: we are checking availability. You will hear from us again by
    mail; until then nothing is settled.</p>
    <p>Kind regards<br>
    {{shop}}</p>
    </body>
    </html>
    """,
    "confirmation.subject": """
    Order {{number}} confirmed
    """,
    "confirmation.text": """
    {{#customer}}Hello {{customer}},{{/customer}}{{^customer}}Hello,{{/customer}}

    Your order {{number}} is confirmed.

    {{#record}}
    Our reference: {{record}}

    {{/record}}
    Your items:

    {{#lines}}
      {{quantity}} × {{title}}
    {{/lines}}
    {{#moreLines}}
      … and {{moreLines}} more
    {{/moreLines}}

    Total: {{total}}

    {{#hasAddress}}
    We ship to:

    {{#address}}
      {{part}}
    {{/address}}

    {{/hasAddress}}
    Kind regards
    {{shop}}
    """,
    "confirmation.html": """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Hello <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Hello,{{/customer}}</p>
    <p>Your order <bdi>{{number}}</bdi> is confirmed.</p>
    {{#record}}
    <p>Our reference: {{record}}</p>
    {{/record}}
    <p>Your items:</p>
    <ul>
    {{#lines}}
    <li>{{quantity}} × <bdi>{{title}}</bdi></li>
    {{/lines}}
    {{#moreLines}}
    <li>… and {{moreLines}} more</li>
    {{/moreLines}}
    </ul>
    <p>Total: {{total}}</p>
    {{#hasAddress}}
    <p>We ship to:</p>
    <p>
    {{#address}}
    <bdi>{{part}}</bdi><br>
    {{/address}}
    </p>
    {{/hasAddress}}
    <p>Kind regards<br>
    {{shop}}</p>
    </body>
    </html>
    """,
    "cannot_fulfil.subject": """
    Order {{number}} cannot be fulfilled
    """,
    "cannot_fulfil.text": """
    {{#customer}}Hello {{customer}},{{/customer}}{{^customer}}Hello,{{/customer}}

    We are sorry: we cannot fulfil your order {{number}}.

    Please reply to this message if you have questions, also about your payment.

    Kind regards
    {{shop}}
    """,
    "cannot_fulfil.html": """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Hello <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Hello,{{/customer}}</p>
    <p>We are sorry: we cannot fulfil your order <bdi>{{number}}</bdi>.</p>
    <p>Please reply to this message if you have questions, also about your payment.</p>
    <p>Kind regards<br>
    {{shop}}</p>
    </body>
    </html>
    """,
  ]
}

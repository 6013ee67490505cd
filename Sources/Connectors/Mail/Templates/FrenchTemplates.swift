/// The built-in texts in French.
enum FrenchTemplates {
  /// Named as the files of a template folder are, without the ending.
  static let texts: [String: String] = [
    "acknowledgement.subject": """
    Commande {{number}} reçue, confirmation en attente
    """,
    "acknowledgement.text": """
    {{#customer}}Bonjour {{customer}},{{/customer}}{{^customer}}Bonjour,{{/customer}}

    Merci. Nous avons bien reçu votre commande {{number}}.

    Elle n'est pas encore confirmée : nous vérifions la disponibilité et vous écrirons de
    nouveau. Ce message n'est pas une confirmation.

    Cordialement
    {{shop}}
    """,
    "acknowledgement.html": """
    <!doctype html>
    <html lang="fr">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Bonjour <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Bonjour,{{/customer}}</p>
    <p>Merci. Nous avons bien reçu votre commande <bdi>{{number}}</bdi>.</p>
    <p>Elle n'est pas encore confirmée : nous vérifions la disponibilité et vous écrirons de
    nouveau. Ce message n'est pas une confirmation.</p>
    <p>Cordialement<br>
    {{shop}}</p>
    </body>
    </html>
    """,
    "confirmation.subject": """
    Commande {{number}} confirmée
    """,
    "confirmation.text": """
    {{#customer}}Bonjour {{customer}},{{/customer}}{{^customer}}Bonjour,{{/customer}}

    Votre commande {{number}} est confirmée.

    {{#record}}
    Notre référence : {{record}}

    {{/record}}
    Vos articles:

    {{#lines}}
      {{quantity}} × {{title}}
    {{/lines}}
    {{#moreLines}}
      … et {{moreLines}} de plus
    {{/moreLines}}

    Total : {{total}}

    {{#hasAddress}}
    Livraison à:

    {{#address}}
      {{part}}
    {{/address}}

    {{/hasAddress}}
    Cordialement
    {{shop}}
    """,
    "confirmation.html": """
    <!doctype html>
    <html lang="fr">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Bonjour <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Bonjour,{{/customer}}</p>
    <p>Votre commande <bdi>{{number}}</bdi> est confirmée.</p>
    {{#record}}
    <p>Notre référence : {{record}}</p>
    {{/record}}
    <p>Vos articles:</p>
    <ul>
    {{#lines}}
    <li>{{quantity}} × <bdi>{{title}}</bdi></li>
    {{/lines}}
    {{#moreLines}}
    <li>… et {{moreLines}} de plus</li>
    {{/moreLines}}
    </ul>
    <p>Total : {{total}}</p>
    {{#hasAddress}}
    <p>Livraison à:</p>
    <p>
    {{#address}}
    <bdi>{{part}}</bdi><br>
    {{/address}}
    </p>
    {{/hasAddress}}
    <p>Cordialement<br>
    {{shop}}</p>
    </body>
    </html>
    """,
    "cannot_fulfil.subject": """
    Commande {{number}} : livraison impossible
    """,
    "cannot_fulfil.text": """
    {{#customer}}Bonjour {{customer}},{{/customer}}{{^customer}}Bonjour,{{/customer}}

    Nous sommes désolés : nous ne pouvons pas honorer votre commande {{number}}.

    Pour toute question, y compris sur votre paiement, répondez à ce message.

    Cordialement
    {{shop}}
    """,
    "cannot_fulfil.html": """
    <!doctype html>
    <html lang="fr">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Bonjour <bdi>{{customer}}</bdi>,{{/customer}}{{^customer}}Bonjour,{{/customer}}</p>
    <p>Nous sommes désolés : nous ne pouvons pas honorer votre commande <bdi>{{number}}</bdi>.</p>
    <p>Pour toute question, y compris sur votre paiement, répondez à ce message.</p>
    <p>Cordialement<br>
    {{shop}}</p>
    </body>
    </html>
    """,
  ]
}

/// The built-in texts in Spanish.
enum SpanishTemplates {
  /// Named as the files of a template folder are, without the ending.
  static let texts: [String: String] = [
    "acknowledgement.subject": """
    Pedido {{number}} recibido, confirmación pendiente
    """,
    "acknowledgement.text": """
    {{#customer}}Hola {{customer}}:{{/customer}}{{^customer}}Hola:{{/customer}}

    Gracias. Hemos recibido su pedido {{number}}.

    Todavía no está confirmado: estamos comprobando la disponibilidad y le escribiremos de
    nuevo. Este mensaje no es una confirmación.

    Un cordial saludo
    {{shop}}
    """,
    "acknowledgement.html": """
    <!doctype html>
    <html lang="es">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Hola <bdi>{{customer}}</bdi>:{{/customer}}{{^customer}}Hola:{{/customer}}</p>
    <p>Gracias. Hemos recibido su pedido <bdi>{{number}}</bdi>.</p>
    <p>Todavía no está confirmado: estamos comprobando la disponibilidad y le escribiremos de
    nuevo. Este mensaje no es una confirmación.</p>
    <p>Un cordial saludo<br>
    {{shop}}</p>
    </body>
    </html>
    """,
    "confirmation.subject": """
    Pedido {{number}} confirmado
    """,
    "confirmation.text": """
    {{#customer}}Hola {{customer}}:{{/customer}}{{^customer}}Hola:{{/customer}}

    Su pedido {{number}} está confirmado.

    {{#record}}
    Nuestra referencia: {{record}}

    {{/record}}
    Sus artículos:

    {{#lines}}
      {{quantity}} × {{title}}
    {{/lines}}
    {{#moreLines}}
      … y {{moreLines}} más
    {{/moreLines}}

    Total: {{total}}

    {{#hasAddress}}
    Enviamos a:

    {{#address}}
      {{part}}
    {{/address}}

    {{/hasAddress}}
    Un cordial saludo
    {{shop}}
    """,
    "confirmation.html": """
    <!doctype html>
    <html lang="es">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Hola <bdi>{{customer}}</bdi>:{{/customer}}{{^customer}}Hola:{{/customer}}</p>
    <p>Su pedido <bdi>{{number}}</bdi> está confirmado.</p>
    {{#record}}
    <p>Nuestra referencia: {{record}}</p>
    {{/record}}
    <p>Sus artículos:</p>
    <ul>
    {{#lines}}
    <li>{{quantity}} × <bdi>{{title}}</bdi></li>
    {{/lines}}
    {{#moreLines}}
    <li>… y {{moreLines}} más</li>
    {{/moreLines}}
    </ul>
    <p>Total: {{total}}</p>
    {{#hasAddress}}
    <p>Enviamos a:</p>
    <p>
    {{#address}}
    <bdi>{{part}}</bdi><br>
    {{/address}}
    </p>
    {{/hasAddress}}
    <p>Un cordial saludo<br>
    {{shop}}</p>
    </body>
    </html>
    """,
    "cannot_fulfil.subject": """
    No podemos servir el pedido {{number}}
    """,
    "cannot_fulfil.text": """
    {{#customer}}Hola {{customer}}:{{/customer}}{{^customer}}Hola:{{/customer}}

    Lo sentimos: no podemos servir su pedido {{number}}.

    Si tiene preguntas, también sobre su pago, responda a este mensaje.

    Un cordial saludo
    {{shop}}
    """,
    "cannot_fulfil.html": """
    <!doctype html>
    <html lang="es">
    <head><meta charset="utf-8"></head>
    <body style="font-family: sans-serif">
    <p>{{#customer}}Hola <bdi>{{customer}}</bdi>:{{/customer}}{{^customer}}Hola:{{/customer}}</p>
    <p>Lo sentimos: no podemos servir su pedido <bdi>{{number}}</bdi>.</p>
    <p>Si tiene preguntas, también sobre su pago, responda a este mensaje.</p>
    <p>Un cordial saludo<br>
    {{shop}}</p>
    </body>
    </html>
    """,
  ]
}

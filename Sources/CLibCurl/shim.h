// libcurl for the mail connector.
//
// curl_easy_setopt is variadic, which Swift cannot import; these wrappers give each kind of option value one type.
#ifndef COUNTERSIGN_CURL_SHIM_H
#define COUNTERSIGN_CURL_SHIM_H

#include <curl/curl.h>

/// Hands bytes over in either direction; the answer is the number of bytes taken or given.
typedef size_t (*cs_curl_bytes)(char *buffer, size_t size, size_t count, void *context);
/// Watches the conversation; always answers 0.
typedef int (*cs_curl_watch)(CURL *handle, curl_infotype type, char *bytes, size_t count, void *context);

/// Sets an option whose value is text; libcurl copies it.
static inline CURLcode cs_curl_text(CURL *handle, CURLoption option, const char *value) {
  return (curl_easy_setopt)(handle, option, value);
}

/// Sets an option whose value is a number.
static inline CURLcode cs_curl_number(CURL *handle, CURLoption option, long value) {
  return (curl_easy_setopt)(handle, option, value);
}

/// Sets the list of envelope recipients; the list must outlive the exchange.
static inline CURLcode cs_curl_recipients(CURL *handle, struct curl_slist *list) {
  return (curl_easy_setopt)(handle, CURLOPT_MAIL_RCPT, list);
}

/// Sets where the error's words go, at least CURL_ERROR_SIZE bytes that outlive the exchange.
static inline CURLcode cs_curl_error_words(CURL *handle, char *buffer) {
  return (curl_easy_setopt)(handle, CURLOPT_ERRORBUFFER, buffer);
}

/// Sets who gives the bytes of the upload, and how many there are.
static inline CURLcode cs_curl_source(CURL *handle, cs_curl_bytes source, void *context, curl_off_t size) {
  CURLcode code = (curl_easy_setopt)(handle, CURLOPT_READFUNCTION, source);
  if (code == CURLE_OK) code = (curl_easy_setopt)(handle, CURLOPT_READDATA, context);
  if (code == CURLE_OK) code = (curl_easy_setopt)(handle, CURLOPT_INFILESIZE_LARGE, size);
  return code;
}

/// Sets who takes the server's replies, line by line.
static inline CURLcode cs_curl_replies(CURL *handle, cs_curl_bytes sink, void *context) {
  CURLcode code = (curl_easy_setopt)(handle, CURLOPT_HEADERFUNCTION, sink);
  if (code == CURLE_OK) code = (curl_easy_setopt)(handle, CURLOPT_HEADERDATA, context);
  return code;
}

/// Sets who takes the body of an answer, which otherwise would go to standard output.
static inline CURLcode cs_curl_body(CURL *handle, cs_curl_bytes sink, void *context) {
  CURLcode code = (curl_easy_setopt)(handle, CURLOPT_WRITEFUNCTION, sink);
  if (code == CURLE_OK) code = (curl_easy_setopt)(handle, CURLOPT_WRITEDATA, context);
  return code;
}

/// Sets who watches the commands as they leave.
static inline CURLcode cs_curl_commands(CURL *handle, cs_curl_watch watch, void *context) {
  CURLcode code = (curl_easy_setopt)(handle, CURLOPT_DEBUGFUNCTION, watch);
  if (code == CURLE_OK) code = (curl_easy_setopt)(handle, CURLOPT_DEBUGDATA, context);
  if (code == CURLE_OK) code = (curl_easy_setopt)(handle, CURLOPT_VERBOSE, 1L);
  return code;
}

/// Sets up libcurl for the process; call once before the first handle.
static inline CURLcode cs_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

#endif

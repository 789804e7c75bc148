#pragma once
#include <curl/curl.h>

// Swift cannot call functions with a variable number of arguments.

static inline CURLcode plumb_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode plumb_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode plumb_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*plumb_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode plumb_curl_set_receiver(
    CURL *handle, CURLoption option, plumb_curl_receiver receiver) {
    return curl_easy_setopt(handle, option, receiver);
}

static inline CURLcode plumb_curl_status(CURL *handle, long *status) {
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
}

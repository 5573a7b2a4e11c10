// Package web is what both sites do with HTTP: routes whose handlers return an error, pages rendered to a
// buffer in the reader's language, errors as full pages, forms, uploads, cookies, request forgery
// protection, security headers, rate limits, access log, counts of requests and the server itself.
//
// It must not know a domain or SQL; sessions are stored by each site. It may import gin, client_golang,
// shared/ui, shared/locale, shared/fault, shared/logs, shared/plain, shared/background, golang.org/x/time/rate and the standard library.
package web

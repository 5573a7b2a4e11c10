// Package locale holds what depends on the reader's language: the catalogues of messages in Ukrainian
// and English, plural rules, dates, numbers, money, file sizes and the Ukrainian alphabet.
//
// Templates and handlers hold keys; catalogues hold words. Ukrainian is the first language: it is what
// a reader gets when nothing says otherwise, and what data without a translation falls back to.
// The package knows nothing of HTTP or HTML. It may import golang.org/x/text, yaml and the standard library.
package locale

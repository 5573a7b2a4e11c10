package ui

import "html/template"

// ServiceNavigation is the row of a site's sections under its header.
type ServiceNavigation struct {
	ServiceName                string
	ServiceURL                 string
	Navigation                 []ServiceNavigationItem
	AriaLabel                  string
	MenuButtonText             string
	MenuButtonLabel            string
	NavigationLabel            string
	NavigationID               string
	NavigationClasses          string
	CollapseNavigationOnMobile Bool
	Slots                      ServiceNavigationSlots
	Classes                    string
	Attributes                 Attributes
}

// ServiceNavigationItem is one section.
type ServiceNavigationItem struct {
	Content
	Href       string
	Current    bool // this very page
	Active     bool // the page is somewhere in the section
	Attributes Attributes
}

// ServiceNavigationSlots are places for a site's own HTML.
type ServiceNavigationSlots struct {
	Start           template.HTML
	End             ServiceNavigationSlot
	NavigationStart template.HTML
	NavigationEnd   template.HTML
}

// ServiceNavigationSlot is the place after the navigation, under it or in line with it.
type ServiceNavigationSlot struct {
	HTML  template.HTML
	Align string // "inline"
}

// Collapse says whether a phone shows a menu button instead of the items.
func (s ServiceNavigation) Collapse() bool {
	if s.CollapseNavigationOnMobile != Unset {
		return s.CollapseNavigationOnMobile == Yes
	}
	return len(s.Navigation) > 1
}

// HasNavigation says whether there is anything to navigate to.
func (s ServiceNavigation) HasNavigation() bool {
	return len(s.Navigation) > 0 || s.Slots.NavigationStart != "" || s.Slots.NavigationEnd != ""
}

// IsSection says whether the whole is a landmark of its own.
func (s ServiceNavigation) IsSection() bool {
	return s.ServiceName != "" || s.Slots.Start != "" || s.Slots.End.HTML != ""
}

// Header is the plain header without anybody's crown.
type Header struct {
	URL              string
	LogoText         string
	LogoHTML         template.HTML
	ContainerClasses string
	Classes          string
	Attributes       Attributes
}

// Logo is the logo as content.
func (h Header) Logo() Content { return Content{Text: h.LogoText, HTML: h.LogoHTML} }

// LanguageNavigation leads to the same page in other languages.
type LanguageNavigation struct {
	Items      []LanguageNavigationItem
	AriaLabel  string
	Classes    string
	Attributes Attributes
}

// LanguageNavigationItem is one language; without Href it is the current one.
type LanguageNavigationItem struct {
	Content
	Href                    string
	Lang                    string
	HrefLang                string
	Dir                     string
	Current                 bool
	LanguageDescriptionText string
	Classes                 string
	Attributes              Attributes
}

package pg

import "strings"

// apostrophes are the four shapes in which Ukrainian texts have one.
var apostrophes = strings.NewReplacer("'", "", "’", "", "ʼ", "", "`", "")

// likeEscapes are the characters with a meaning in LIKE.
var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// maxLikeWords keeps a pasted page from becoming a query.
const maxLikeWords = 8

// LikeWords splits what somebody typed into words for LIKE '%' || word || '%' over a text in lower case from which
// every shape of apostrophe was taken out (translate), with LIKE's own characters escaped.
func LikeWords(q string) []string {
	words := strings.Fields(likeEscapes.Replace(apostrophes.Replace(strings.ToLower(q))))
	if words == nil {
		return []string{}
	}
	return words[:min(len(words), maxLikeWords)]
}

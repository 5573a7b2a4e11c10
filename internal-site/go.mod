module portal.example/internal-site

go 1.26.0

require portal.example/shared v0.0.0

replace portal.example/shared => ../shared

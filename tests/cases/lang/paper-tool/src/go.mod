module example.org/paper

go 1.19

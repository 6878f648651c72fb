# gnuplot's tikz terminal is a Lua program inside gnuplot.
set terminal lua tikz size 12cm,8cm
set output OUTPUT
set title "Ein Bild mit Umlauten: äöü \\& $x^2$"
set samples 200
set grid
set key outside
set style fill pattern
set label 1 "label" at 2,0.5 rotate by 30
set arrow from -5,0 to 5,0.2 head filled
plot [-10:10] sin(x) with lines, besj0(x) with linespoints pointinterval 10, x**2/100 with boxes, '+' using 1:(cos($1)/2) with points
set multiplot layout 1,2
splot x*x-y*y with pm3d
plot 'data' using 1:2:3 with yerrorbars, '' using 1:2 smooth csplines
unset multiplot
set terminal lua tikz help

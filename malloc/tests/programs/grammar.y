%{
int yylex(void);
void yyerror(const char *text);
%}
%token NUMBER NAME
%left '+' '-'
%left '*' '/'
%right '^'
%%
list: | list statement ';' ;
statement: expression | NAME '=' expression ;
expression: NUMBER | NAME | '(' expression ')' | expression '+' expression | expression '-' expression
  | expression '*' expression | expression '/' expression | expression '^' expression | NAME '(' arguments ')' ;
arguments: | expression | arguments ',' expression ;
%%

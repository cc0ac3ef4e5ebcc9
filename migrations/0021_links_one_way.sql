-- No query of the program asks who links to a page, and keeping the answer at hand cost a fifth of all that a visit wrote:
-- the links of a page lead to pages all over the index. Who asks often may create it again; it will be kept up.
drop index links_to;

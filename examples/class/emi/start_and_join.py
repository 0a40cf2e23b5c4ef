Dear teacher,

I did not get Python to work on my laptop. What I would do is:

  * make a Process for every order (target = cook)
  * start() them all, then join() them all
  * give back a list of the exitcodes

Can I hand the code in next week?

/**
 * The passwords of ten characters and more (and the words they are made of) that lead every published list of leaked
 * ones, with those that this trade would think of. Lower case; digits and signs at the ends are taken off before a look-up.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password passwort passw0rd p@ssw0rd p@ssword pa55word password1234 passwordpassword mypassword thepassword
   changeme changeit changethis letmein letmeinnow welcome welcomehome welcomeback administrator admin adminadmin
   administrator rootroot superuser sysadmin default temporary temppass testtest testing tester guestguest secret
   topsecret supersecret iloveyou iloveyouforever iloveu loveyou lovelove mylove princess sunshine football baseball
   basketball soccer hockey superman batman spiderman starwars pokemon dragon monkey master shadow michael jennifer
   jessica ashley charlie jordan liverpool chelsea arsenal barcelona manchester manunited whatever trustno qwerty
   qwertyuiop qwerty123456 qwertyqwerty qwerty12345 asdfghjkl asdfasdf asdfghjkl1 zxcvbnm zxcvbnm123 1q2w3e4r5t
   1q2w3e4r5t6y 1qaz2wsx3edc q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc qazwsx zaq12wsx 1234567890 123456789 12345678910
   0123456789 0987654321 1234554321 123123123 123321123 112233445566 1111111111 abc123 abcd1234 abcdef abcdefgh a1b2c3d4
   a1b2c3d4e5 aa123456 aa12345678 asd123456 google computer internet samsung microsoft facebook linkedin instagram
   minecraft fortnite corvette mustang mercedes ferrari harley yankees cowboys steelers eagles america usa freedom
   jesuschrist jesus blessed godisgood summer winter spring autumn monday friday january february november december
   summertime wintertime christmas birthday mother father family forever friends bestfriend butterfly chocolate
   strawberry pineapple cheesecake cookies pepper ginger orange banana purple rainbow unicorn babygirl babyboy
   correcthorsebatterystaple opensesame abracadabra ninja hunter killer ranger thunder lightning phoenix
   plumber plumbing electrician electrical hvac airconditioning heating fieldservice fieldpost invoice invoices customer
   customers company business office marketing technician`
    .split(/\s+/)
    .filter(Boolean),
);

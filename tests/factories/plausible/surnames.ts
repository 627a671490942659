/** Family names as a Tennessee phone book has them, common and rare, with the marks that files and addresses trip over. */
export const surnames: readonly string[] =
  `Abbott|Abernathy|Acosta|Adair|Ahmed|Akins|Aldridge|Alvarado|Amos|Arias|Armstrong|Arrington|Asher|Atchley|Ayala|Baez|
  Bagwell|Bailey|Ballard|Banks|Barajas|Barger|Barnett|Barrera|Baskin|Bautista|Beasley|Beavers|Begum|Benítez|Benson|Bergmann|
  Bettis|Blackwell|Blevins|Boggs|Bohannon|Bolden|Booker|Bowden|Boyd|Brackett|Bradshaw|Brewer|Bridges|Broome|Buchanan|
  Burke|Burnette|Cagle|Caldwell|Camacho|Cantrell|Carden|Carlisle|Carroll|Casteel|Cervantes|Chambers|Chandler|Chavez|Chen|
  Childress|Choi|Clabo|Clem|Coffey|Colbert|Collier|Compton|Conley|Cordell|Cortez|Coulter|Cox|Crabtree|Crawford|Crowe|
  Culpepper|Cunningham|Dao|Daugherty|Davenport|Deakins|Delgado|Denton|Desai|Díaz|Dillard|Dixon|Dodd|Donovan|Dooley|
  Driver|Duckett|Duncan|Dunlap|Easley|Eldridge|Ellison|Emery|Escobar|Espinoza|Everett|Farley|Ferguson|Fields|Finley|
  Fletcher|Floyd|Forsythe|Foust|Franklin|Frazier|Fuentes|Gaines|Gallagher|García|Garner|Gentry|Gibbs|Gilreath|Goforth|
  Goins|Gonzales|Goodwin|Gossett|Grady|Graves|Green|Guerrero|Gupta|Guthrie|Hackett|Hale|Hammond|Hardin|Hargrove|Harmon|
  Hatfield|Hawkins|Headrick|Helton|Henderson|Hensley|Hernández|Hickman|Higdon|Hobbs|Hogan|Holcomb|Hollis|Houser|Huynh|
  Ingram|Isbell|Ivey|Jackson|James|Jarrett|Jefferson|Jeffries|Jenkins|Jiménez|Jordan|Kaur|Keener|Keith|Kelley|Kendrick|
  Kessler|Keys|Khan|Kilgore|Kim|King|Kirby|Knox|Lamb|Lancaster|Landry|Lara|Lawson|Layne|Ledford|Lee|Leslie|Levi|Lindsey|
  Lockhart|Logan|Long|Lowe|Lowery|Luttrell|Lyle|Mabry|MacLeod|Madden|Maldonado|Mason|Massengale|Mathis|Maxwell|McAfee|
  McBryar|McCoy|McDaniel|McGill|McNabb|Meadows|Medina|Mendoza|Millsaps|Mohamed|Monroe|Montoya|Moody|Mooney|Morales|
  Morgan|Moss|Mueller|Muñoz|Murphy|Neal|Nguyen|Nichols|Norwood|Nunley|O’Brien|O’Dell|O’Neal|Odom|Okafor|Olsen|Orr|Ortiz|
  Osborne|Owens|Pace|Padgett|Palmer|Parks|Patel|Patton|Payne|Peña|Pendergrass|Perez|Pettway|Pham|Phelps|Pickett|Pineda|
  Plemons|Poe|Pope|Porter|Potts|Presley|Price|Puckett|Quarles|Quinn|Qureshi|Ragland|Ramírez|Rankin|Ray|Reeves|Reyes|
  Rhodes|Riddle|Ríos|Roark|Robertson|Rogers|Romero|Rosales|Rowland|Rucker|Ruiz|Russell|Rymer|Salazar|Sampson|Sanders|
  Santiago|Schmidt|Scott|Sewell|Shankles|Sharp|Shelton|Shropshire|Silva|Simmons|Singh|Sizemore|Skiles|Slaughter|Smartt|
  Smith|Snyder|Soto|Sparks|Spivey|Stanfield|Stephens|Stinnett|Stone|Strickland|Suarez|Suggs|Sutton|Swafford|Swann|Tackett|
  Tallent|Tate|Taylor|Teague|Thach|Thomas|Thrasher|Tidwell|Tipton|Torres|Tran|Travis|Trujillo|Tucker|Turner|Underwood|
  Upchurch|Valdez|Vandergriff|Vargas|Vaughn|Velázquez|Wade|Walden|Walker|Wallace|Walsh|Ward|Ware|Washington|Watkins|
  Weathers|Webb|Welch|West|Wheeler|Whitaker|Whitfield|Wilkerson|Williams|Wilson|Womack|Woodruff|Wooten|Worley|Wu|Wynn|
  Yang|Yarbrough|York|Young|Zamora|Zhang`.split(/\s*\|\s*/);

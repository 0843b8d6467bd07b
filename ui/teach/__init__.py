"""How a page teaches: bets on what will happen, a guided tour, a thread of prose with its terms explained."""

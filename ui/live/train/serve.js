// A training in a Web Worker: between two slices of it the worker looks into its letter box.

/**
 * Makes a worker's global scope serve.
 * @param {any} scope
 * @param {{ runs: boolean, train: () => void }} trainer  with a method for whatever a message's `do` may say; what one
 *   returns is the answer
 */
export function serveTrainer(scope, trainer) {
  const turn = new MessageChannel() // a timer would wait for 4 ms each time
  let waiting = false
  const goOn = () => {
    if (waiting || !trainer.runs) return
    waiting = true
    turn.port2.postMessage(null)
  }
  turn.port1.onmessage = () => {
    waiting = false
    trainer.train()
    goOn()
  }
  scope.onmessage = ({ data }) => {
    const answer = trainer[data.do](data)
    if (answer) scope.postMessage(answer)
    goOn()
  }
}

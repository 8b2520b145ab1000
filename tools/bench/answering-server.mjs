// A server that answers every request alike, as MLflow's would that is told of metrics; its port on stdout.
import { createServer } from 'node:http'

const answer = JSON.stringify({
  run: { info: { run_id: 'a' } },
  experiment: { experiment_id: '1' },
})
const server = createServer((request, response) => {
  request.resume().on('end', () => response.end(answer))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)))

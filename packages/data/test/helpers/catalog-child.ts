import { dataModules } from '@ductus/data/catalog'

// Lists the data modules and loads none; the parent looks at what this process has read.
process.stdout.write(JSON.stringify(dataModules.map((entry) => entry.name)))

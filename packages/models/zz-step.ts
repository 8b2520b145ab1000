import { useBackend, softmaxCrossEntropy, updateAdam, namedWeights } from '@ductus/backend'
import * as tf from '@tensorflow/tfjs-core'
import { CNN, MLP } from '@ductus/models'
console.log(await useBackend('wasm'))
const cfg={inputDims:[28,28,1] as [number,number,number],outputDims:[1],mapping:[...'0123456789']}
for (const [name,def] of [['MLP',MLP],['CNN',CNN]] as any) {
 const model=def(cfg,{}, {seed:1}); const ws=namedWeights(model).filter(w=>w.trainable)
 const x=tf.randomUniform([128,28,28,1],0,1,'float32',7), y=tf.tensor1d(Int32Array.from({length:128},(_,i)=>i%10),'int32')
 const slots=ws.map(w=>({expAvg:tf.variable(tf.zeros(w.variable.shape),false),expAvgSq:tf.variable(tf.zeros(w.variable.shape),false)}))
 const wall:number[]=[],cpu:number[]=[]; const n=name==='CNN'?8:25
 for(let t=1;t<=n;t++){ const a=performance.now(), c=process.cpuUsage()
  const loss=tf.tidy(()=>{ const {value,grads}=tf.variableGrads(()=>tf.mean(softmaxCrossEntropy(model.apply(x,{training:true,step:t}) as any,y as any)) as any, ws.map(w=>w.variable)); ws.forEach((w,i)=>updateAdam({parameter:w.variable,gradient:grads[w.variable.name]!,...slots[i]!,step:t,learningRate:1e-3} as any)); return value })
  const l=(await (loss as any).data())[0]; const u=process.cpuUsage(c); loss.dispose(); wall.push(performance.now()-a); cpu.push((u.user+u.system)/1e3); if(t===1||t===n) console.log(name,t,l,tf.memory().numTensors) }
 const med=(a:number[])=>[...a.slice(2)].sort((p,q)=>p-q)[(a.length-2)>>1]!.toFixed(0); console.log(name,'wall median',med(wall),'cpu median',med(cpu),'cpu min',Math.min(...cpu).toFixed(0),'wall min',Math.min(...wall).toFixed(0))
}

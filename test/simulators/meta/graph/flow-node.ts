// WhatsApp Flows, as far as a gateway that only lists and sends them needs. Called by the router.

import { noSuchObject, refusal } from '../errors.ts'
import { numericId } from '../ids.ts'
import type { Flow, Json } from '../state.ts'
import { type Call, need, ownWaba, param, sees } from './call.ts'
import { page, type Source, select } from './fields.ts'

const usual = ['name', 'status', 'categories', 'validation_errors']

function fieldsOf(flow: Flow): Source {
  return {
    id: flow.id,
    name: flow.name,
    status: flow.status,
    categories: flow.categories,
    validation_errors: [],
    json_version: '7.2',
    data_api_version: '3.0',
    preview: {
      preview_url: `https://business.facebook.com/wa/manage/flows/${flow.id}/preview/`,
      expires_at: '2026-12-31T00:00:00+0000',
    },
    whatsapp_business_account: { id: flow.wabaId },
  }
}

function ownFlow(call: Call): Flow {
  const flow = call.sim.world.state.flows.get(call.id)
  if (!flow || !sees(call, flow.wabaId)) throw noSuchObject(call.method, call.id)
  return flow
}

export function listFlows(call: Call): Json {
  const waba = ownWaba(call, call.id)
  const flows = [...call.sim.world.state.flows.values()].filter((one) => one.wabaId === waba.id)
  return page(call, flows, (one) => select(fieldsOf(one), param(call, 'fields'), usual, 'Flow'))
}

export function createFlow(call: Call): Json {
  const waba = ownWaba(call, call.id)
  const name = need(call, 'name')
  const flow: Flow = {
    id: numericId('801'),
    wabaId: waba.id,
    name,
    status: 'DRAFT',
    categories: Array.isArray(call.body.categories) ? (call.body.categories as string[]) : ['OTHER'],
    json: '{"version":"7.2","screens":[]}',
  }
  call.sim.world.state.flows.set(flow.id, flow)
  call.sim.world.touch()
  return { id: flow.id, success: true, validation_errors: [] }
}

export function readFlow(call: Call): Json {
  return select(fieldsOf(ownFlow(call)), param(call, 'fields'), usual, 'Flow')
}

export function readFlowAssets(call: Call): Json {
  const flow = ownFlow(call)
  return {
    data: [
      {
        name: 'flow.json',
        asset_type: 'FLOW_JSON',
        download_url: `data:application/json,${encodeURIComponent(flow.json)}`,
      },
    ],
  }
}

export async function changeFlowAssets(call: Call): Promise<Json> {
  const flow = ownFlow(call)
  const file = call.form?.get('file')
  if (!file || typeof file === 'string')
    throw refusal(100, undefined, { message: '(#100) The parameter file is required.' })
  flow.json = await file.text()
  call.sim.world.touch()
  return { success: true, validation_errors: [] }
}

export function publishFlow(call: Call): Json {
  const flow = ownFlow(call)
  if (flow.status !== 'DRAFT')
    throw refusal(139002, undefined, { message: '(#139002) Publishing Flow in invalid state' })
  flow.status = 'PUBLISHED'
  call.sim.world.touch()
  return { success: true }
}

export function deprecateFlow(call: Call): Json {
  const flow = ownFlow(call)
  flow.status = 'DEPRECATED'
  call.sim.world.touch()
  return { success: true }
}

// The person beside a conversation. Loaded when it is first shown.

export { ContactPanel as Panel } from '../contacts/panel.tsx'

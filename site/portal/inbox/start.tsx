// What the page of the inbox starts.

import { mount } from '../mount.tsx'
import { Inbox } from './inbox.tsx'

void mount(Inbox, { needs: 'conversations:read', bare: true })

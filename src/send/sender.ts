import type { Sender, SendPorts, SendSettings } from './contract.js'

/** The one retry loop. See `Sender`. */
export declare const createSender: (settings: SendSettings, ports: SendPorts) => Sender

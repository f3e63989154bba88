// A message centre: SMPP 3.4 by npm's `smpp`, a codec that shares no line with ours. `centre.py` starts it and drives it.
//
//     node server.js <SMPP port> <port of the controls>
//
// Controls are POSTs of JSON to 127.0.0.1: /reset /behave /state /deliver /drop /enquire. It ends with its starter.
'use strict';
const http = require('http');
const smpp = require('smpp');

const PASSWORD = 'secret';
const REPEAT_MS = 100;  // how soon a delivery comes again that was refused for now
let world;

function reset() {
  if (world) world.sessions.forEach((session) => session.destroy());
  world = {
    password: PASSWORD,
    submit: 'take',  // or: refuse, nack, silent, drop (at a text's last part), receipt_first
    status: 0,
    answerAfterMs: 0,
    reports: false,  // a receipt for whatever asks for one
    next: 1,  // of message ids
    idBase: 10,  // 16: ids in answers are hexadecimal, in receipts decimal
    isDeaf: false,  // answers nothing at all
    losesAnswers: false,  // the connection breaks before the answer to a delivery is heard
    sessions: [],  // bound ones
    binds: [],  // every try: {system_id, status}
    submits: [],  // every submit_sm, decoded
    deliveries: [],  // {pdu, tries, status}
    enquiries: 0,
    unanswered: 0,  // submits in flight now
    mostUnanswered: 0,
    farewells: 0,
  };
}

function decoded(pdu) {
  const short = pdu.short_message || {};
  return {
    sequence: pdu.sequence_number,
    source: pdu.source_addr, source_ton: pdu.source_addr_ton, source_npi: pdu.source_addr_npi,
    destination: pdu.destination_addr, dest_ton: pdu.dest_addr_ton, dest_npi: pdu.dest_addr_npi,
    esm_class: pdu.esm_class, data_coding: pdu.data_coding, registered_delivery: pdu.registered_delivery,
    validity_s: pdu.validity_period ? Math.round((pdu.validity_period - new Date()) / 1000) : null,
    text: short.message, udh: (short.udh || []).map((element) => [...element]),
  };
}

function onSubmit(session, pdu) {
  const submit = decoded(pdu);
  world.unanswered += 1;
  world.mostUnanswered = Math.max(world.mostUnanswered, world.unanswered);
  const of = world;
  const how = of.submit;
  const id = of.next++;
  submit.id = String(id);
  submit.status = how === 'refuse' || how === 'nack' ? of.status : 0;
  of.submits.push(submit);
  if (how === 'silent') return;
  if (how === 'drop' && isLast(submit)) return session.destroy();
  const answer = () => {
    of.unanswered -= 1;
    if (how === 'nack') {
      return session.send(new smpp.PDU('generic_nack', {command_status: of.status, sequence_number: pdu.sequence_number}));
    }
    // An option behind the id: 3.4 has none there, later versions and many centres do.
    session.send(pdu.response({command_status: submit.status, message_id: id.toString(of.idBase), congestion_state: 1}));
  };
  const report = (then) => deliver(
    {...receipt(submit.id, 'DELIVRD'), source_addr: submit.destination, destination_addr: submit.source}, then);
  if (how === 'receipt_first') {
    report(answer);
  } else {
    if (of.reports && submit.registered_delivery) setTimeout(() => of === world && report(), REPEAT_MS);
    setTimeout(() => of === world && answer(), of.answerAfterMs);
  }
}

// A phone shows a text once its last part is there.
function isLast({udh}) {
  return !udh.length || udh[0][4] === udh[0][3];
}

function receipt(id, stat) {
  const text = `id:${id.padStart(10, '0')} sub:001 dlvrd:001 submit date:2611251200 done date:2611251201 stat:${stat} err:000 text:`;
  return {esm_class: 4, short_message: Buffer.from(text, 'latin1')};
}

// Deliveries are kept until they are answered: unanswered ones come again at the next bind, refused ones after a moment.
function deliver(fields, then) {
  const delivery = {fields, status: null, tries: 0, then};
  world.deliveries.push(delivery);
  tryToDeliver(delivery);
  return delivery;
}

function tryToDeliver(delivery) {
  const of = world;
  delivery.status = null;  // until it is answered; where the session ends before, the next bind tries again
  const session = of.sessions[of.sessions.length - 1];
  if (!session) return;
  delivery.tries += 1;
  session.deliver_sm({...delivery.fields}, (answer) => {
    if (of.losesAnswers) return session.destroy();
    delivery.status = answer.command_status;
    if (delivery.status === 0x64 || delivery.status === 0x14) {
      setTimeout(() => of === world && tryToDeliver(delivery), REPEAT_MS);
    } else if (delivery.then) {
      delivery.then();
    }
  });
}

function onBind(session, pdu) {
  const isRight = pdu.password === world.password && pdu.interface_version === 0x34;
  world.binds.push({system_id: pdu.system_id, system_type: pdu.system_type, status: isRight ? 0 : 0x0e});
  if (!isRight) {
    // As many centres do: a header and no body.
    return session.send(pdu.response({command_status: smpp.ESME_RINVPASWD}));
  }
  session.send(pdu.response({system_id: 'centre'}));
  world.sessions.push(session);
  world.deliveries.filter((delivery) => delivery.status === null).forEach(tryToDeliver);
}

const centre = smpp.createServer((session) => {
  session.on('error', () => session.destroy());
  session.on('close', () => {
    world.sessions = world.sessions.filter((other) => other !== session);
  });
  session.on('pdu', (pdu) => {
    if (world.isDeaf && pdu.command !== 'bind_transceiver') return;
    switch (pdu.command) {
      case 'bind_transceiver': return onBind(session, pdu);
      case 'submit_sm': return onSubmit(session, pdu);
      case 'enquire_link':
        world.enquiries += 1;
        return session.send(pdu.response());
      case 'unbind':
        world.farewells += 1;
        session.send(pdu.response());
        return session.close();
    }
  });
});

const controls = {
  '/reset': () => reset(),
  '/behave': (wishes) => { Object.assign(world, wishes); },
  '/state': () => {
    const {sessions, deliveries, ...rest} = world;
    return {...rest, bound: sessions.length, deliveries: deliveries.map(({status, tries}) => ({status, tries}))};
  },
  '/deliver': ({hex, ...fields}) => {
    const given = hex === undefined ? fields : {...fields, short_message: Buffer.from(hex, 'hex')};
    deliver(given);
  },
  '/receipt': ({id, stat, ...fields}) => { deliver({...receipt(id, stat), ...fields}); },
  '/drop': () => world.sessions.forEach((session) => session.destroy()),
  '/enquire': () => new Promise((resolve) => {
    world.sessions[0].enquire_link({}, (answer) => resolve({status: answer.command_status}));
  }),
};

const panel = http.createServer((request, response) => {
  let body = '';
  request.on('data', (piece) => { body += piece; });
  request.on('end', async () => {
    const result = await controls[request.url](JSON.parse(body || '{}'));
    response.end(JSON.stringify(result || {}));
  });
});

reset();
centre.listen(Number(process.argv[2]), '127.0.0.1');
panel.listen(Number(process.argv[3]), '127.0.0.1', () => console.log('ready'));
process.stdin.on('end', () => process.exit(0)).resume();

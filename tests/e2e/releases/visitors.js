// Visitors of the shop: they browse, search, look at a product, fill a cart and order, and programs use the API.
// Bounded by RATE (visits a second), SECONDS and PEOPLE; only ever sent to 127.0.0.1. The summary goes to SUMMARY.
import http from 'k6/http'
import { check, fail } from 'k6'
import { Counter } from 'k6/metrics'

const base = __ENV.BASE
if (!/^http:\/\/127\.0\.0\.1:\d+$/.test(base)) fail(`BASE is ${base}, not this machine`)

const visitOrders = new Counter('visit_orders')
const apiOrders = new Counter('api_orders')
const searches = ['lap', 'head', 'key', 'cam', 'watch']
const address = {
  name: 'Ada Lovelace', email: 'ada@example.org', street: '1 Some Street', postal_code: '1010', city: 'Vienna', country: 'Austria',
}

export const options = {
  scenarios: {
    visitors: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE), timeUnit: '1s', duration: `${__ENV.SECONDS}s`,
      preAllocatedVUs: Math.ceil(Number(__ENV.PEOPLE) / 4), maxVUs: Number(__ENV.PEOPLE),
      gracefulStop: '15s',
    },
  },
  // whoever runs this decides what the numbers mean; here is only what no run may exceed
  thresholds: { http_req_failed: [`rate<=${__ENV.MOST_FAILED || 1}`] },
  summaryTrendStats: ['avg', 'p(50)', 'p(95)', 'p(99)', 'max'],
  discardResponseBodies: false,
  userAgent: 'techcommerce-visitors',
}

const params = (name, more) => ({
  headers: Object.assign({ Host: __ENV.HOST }, more || {}), tags: { name }, timeout: '20s', redirects: 0,
})
// a product that is sold out or a form that is too old is the shop's answer, not a failure
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 409, 422))

function pick(list) { return list[Math.floor(Math.random() * list.length)] }

function products(page) {
  return [...String(page.body).matchAll(/data-product-id="([^"]+)"/g)].map((found) => found[1])
}

function token(page) {
  const found = String(page.body).match(/name="csrf" value="([^"]+)"/)
  return found ? found[1] : ''
}

function browse() {
  const home = http.get(`${base}/`, params('home'))
  check(home, { 'the first page shows products': (page) => page.status === 200 && products(page).length > 0 })
  const found = http.get(`${base}/products?q=${pick(searches)}`, params('search'))
  check(found, { 'a search answers': (page) => page.status === 200 })
  const shown = products(found).concat(products(home))
  if (shown.length === 0) return null
  const id = pick(shown)
  const page = http.get(`${base}/products/${id}`, params('product'))
  check(page, { 'a product has a page': (answer) => answer.status === 200 && products(answer).includes(id) })
  return { id, token: token(page) }
}

function order(product) {
  const put = http.post(`${base}/cart`, { csrf: product.token, product_id: product.id, quantity: '1', change: 'add' }, params('cart'))
  if (put.status >= 400) return
  const form = http.get(`${base}/checkout`, params('checkout'))
  const hidden = {}
  for (const found of String(form.body).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) hidden[found[1]] = found[2]
  const done = http.post(`${base}/checkout`, Object.assign({}, address, hidden), params('place'))
  const number = String(done.headers.Location || '').match(/TC-[0-9A-Z-]+/)
  if (number) { visitOrders.add(1); cancel(number[0]) }
}

function useApi() {
  const listing = http.get(`${base}/api/products?limit=5&in_stock=true`, params('api listing'))
  const right = check(listing, {
    'the listing is one': (answer) => answer.status === 200 && Array.isArray(answer.json('items')) && answer.json('items').length > 0,
  })
  if (!right || Math.random() >= 0.2) return
  const body = JSON.stringify({
    customer: { name: address.name, email: address.email },
    lines: [{ product_id: pick(listing.json('items')).id, quantity: 1 }],
  })
  const key = `visitor-${__VU}-${__ITER}-${Date.now()}`
  const placed = http.post(`${base}/api/orders`, body, params('api order', { 'Content-Type': 'application/json', 'Idempotency-Key': key }))
  if (placed.status === 201) { apiOrders.add(1); cancel(placed.json('number')) }
}

// so that a long run does not sell the shop out
function cancel(number) { http.post(`${base}/api/orders/${number}/cancel`, null, params('cancel')) }

export default function () {
  http.cookieJar().clear(base) // every visit is somebody else's
  const product = browse()
  if (product && product.token && Math.random() < 0.5) order(product)
  useApi()
}

export function handleSummary(data) {
  const value = (name, key) => (data.metrics[name] ? data.metrics[name].values[key] : 0)
  const summary = {
    requests: value('http_reqs', 'count'),
    failed: value('http_req_failed', 'passes'),
    wrong: value('checks', 'fails'),
    dropped: value('dropped_iterations', 'count'),
    visits: value('iterations', 'count'),
    orders: value('visit_orders', 'count') + value('api_orders', 'count'),
    seconds: data.state.testRunDurationMs / 1000,
    milliseconds: data.metrics.http_req_duration ? data.metrics.http_req_duration.values : {},
  }
  return { [__ENV.SUMMARY]: JSON.stringify(summary, null, 2) }
}

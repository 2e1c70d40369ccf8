"""What every view of `/api/v1/` is built from: who calls, what they may, how answers and refusals look.

A view names the scope each method asks for, one function that says which rows the caller may see, and what a row looks
like. All else comes from its base class: the key, the rate, the size and soundness of the body, `Idempotency-Key`,
problems as `application/problem+json`, cursors, sparse fields, request ids, and its part of the schema::

    class Bookings(ListView):
        scopes = {"GET": Scope.READ, "POST": Scope.STOCK}
        row = BookingRow                      # a Serializer: the schema of a row; not run for each row
        orderings = {"-id": ("-id",)}         # the first is the default; columns that are never NULL, the last unique
        filters = BookingFilters              # a django_filters.FilterSet; other parameters are refused

        def scoped(self, request: ApiRequest) -> QuerySet[InboundBooking]:
            return bookings_of(request.auth)  # the only way to rows, in every view of them

        def row_of(self, booking: InboundBooking) -> dict[str, Any]:
            return {"id": booking.pk, "state": booking.state, "expected_at": moment(booking.expected_at)}

        @documented("bookings_list", answer=BookingRow, many=True)
        def get(self, request: ApiRequest) -> Response:
            return self.page(request)

        @documented("bookings_create", body=NewBooking, answer=BookingRow, status=201, problems=("already_open",))
        def post(self, request: ApiRequest) -> Response:
            booking = announce(**self.read(NewBooking), by=who(request.auth), now=self.now)
            return self.created(self.row_of(booking), f"/api/v1/bookings/{booking.pk}/")

One row: `self.one(request, pk=pk)` finds it in `scoped` or answers 404, the same for a foreign row as for none. A write
that `If-Match` guards locks the row first: `with transaction.atomic(): booking = self.one(request, pk=pk, lock=True);
check_match(request, etag_of(...))`. Bulk: `common.api.bulk.answer_each`. Bodies are read by a serializer that derives
from `common.api.inputs.Input` (unknown fields are refused), filters derive from `common.api.filters.Filters`. What goes
wrong is raised as a `DomainError`; its code has a line in the catalogue (`common.api.errors.declare`).

Knows neither tickets nor logistics; logistics tells who holds a key (`common.api.authentication.read_keys_with`).
"""

"""scratch"""
import threading, time
from pathlib import Path
import pytest
from sqlalchemy import text
from portal import access
from portal.actions import messages, participants, discussions, people, devices, invitations
from portal.extensions import db
from tests.world import token

def _viewer(world, name):
    v = access.principal(world.cookie_secret(name)); db.session.remove(); return v

def test_race(app, world):
    if db.engine.dialect.name == "sqlite": return
    hugo = _viewer(world, "hugo")
    cid = db.session.execute(text("select id from conversation where public_id=:k"), {"k": world.permit}).scalar()
    db.session.rollback()
    done = []
    def post():
        with app.app_context():
            try: done.append(messages.post(hugo, world.permit, body="after I was disabled", token=token()))
            except Exception as e: done.append(repr(e))
            finally: db.session.remove()
    with db.engine.connect() as c:
        c.execute(text("select pg_advisory_xact_lock(:i)"), {"i": cid})
        t = threading.Thread(target=post); t.start(); time.sleep(0.4)
        people.disable(world.viewer("olga"), world.keys["hugo"]); db.session.remove()
        print("disabled; released")
        c.rollback()
    t.join(); print("post:", done)

def test_owner(app, world):
    "a discussion is handed to / taken by somebody being disabled"
    if db.engine.dialect.name == "sqlite": return
    ines, hugo = _viewer(world, "ines"), None
    cid = db.session.execute(text("select id from conversation where public_id=:k"), {"k": world.permit}).scalar()
    db.session.rollback()
    nina = world.keys["nina"]
    # ines waits to leave with successor hugo; disabled inside -> checked after lock: ok. other way: adam takes over, confirmed admin, then adam disabled
    db.session.execute(text("update conversation set owner_id=null where id=:i"), {"i": cid}); db.session.commit()
    adam = _viewer(world, "adam")
    done = []
    def take():
        with app.app_context():
            try: done.append(discussions.take_over(adam, world.permit))
            except Exception as e: done.append(repr(e))
            finally: db.session.remove()
    with db.engine.connect() as c:
        c.execute(text("select pg_advisory_xact_lock(:i)"), {"i": cid})
        t = threading.Thread(target=take); t.start(); time.sleep(0.4)
        people.disable(world.viewer("olga"), world.keys["adam"]); db.session.remove()
        c.rollback()
    t.join(); print("take over:", done)
    from portal.queries.discussions import ownerless
    print("ownerless for olga:", len(ownerless(world.viewer("olga"))), db.session.execute(text("select p.name, a.state from conversation c join person p on p.id=c.owner_id join account a on a.person_id=p.id where c.id=:i"), {"i": cid}).all())

def test_withdraw(app, world, monkeypatch):
    if db.engine.dialect.name == "sqlite": return
    olga = world.viewer("olga")
    key, secret = invitations.invite(olga, name="Eva", email="eva@example.com", role="client", language="en", days=3, space_key=world.spaces["Brun"])
    db.session.remove()
    # accept has read the invitation; withdraw commits; accept commits
    real = invitations._open_invitation
    def slow(s):
        found = real(s)
        def w():
            with app.app_context():
                try: invitations.withdraw(olga, key); print("withdrawn committed")
                except Exception as e: print("withdraw:", repr(e))
                finally: db.session.remove()
        t = threading.Thread(target=w); t.start(); t.join(1.5); print("withdraw waits:", t.is_alive())
        return found
    monkeypatch.setattr(invitations, "_open_invitation", slow)
    try: print("accept:", invitations.accept(secret, name="Eva", password="x"*12, time_zone="UTC"))
    except Exception as e: print("accept:", repr(e))
    time.sleep(.5)
    print(db.session.execute(text("select withdrawn_at is not null, accepted_at is not null, state from invitation i join account a on a.person_id=i.person_id where email_id is null" if 0 else "select i.withdrawn_at is not null, i.accepted_at is not null, a.state from invitation i join account a on a.person_id=i.person_id order by i.id desc limit 1")).all())

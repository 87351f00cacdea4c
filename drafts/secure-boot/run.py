import os, socket, subprocess, sys, time, re
phase = sys.argv[1]; limit = int(sys.argv[2]) if len(sys.argv) > 2 else 600
sock = '/tmp/sb/serial.sock'
if os.path.exists(sock): os.unlink(sock)
cmd = ['nice','-n','5','qemu-system-x86_64','-accel','tcg,thread=single','-cpu','max','-nodefaults','-no-user-config','-display','none',
 '-no-reboot' if phase=='2' else '-action','reboot=reset' ]
if phase=='2': cmd = cmd[:-1]
cmd += ['-machine','q35,smm=on','-global','driver=cfi.pflash01,property=secure,value=on','-m','1G','-smp','1','-nic','none',
 '-drive','if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
 '-drive','if=pflash,format=raw,unit=1,file=/tmp/sb/vars.fd',
 '-drive','if=virtio,format=raw,readonly=on,file=/tmp/sb/files',
 '-drive','if=virtio,format=raw,file=/tmp/sb/esp.img',
 '-chardev','socket,id=c,path=%s,server=on,wait=off'%sock,'-serial','chardev:c','-serial','file:/tmp/sb/result','-serial','null']
q = subprocess.Popen(cmd)
for _ in range(100):
    if os.path.exists(sock): break
    time.sleep(0.1)
s = socket.socket(socket.AF_UNIX); s.connect(sock); s.setblocking(False)
log = open('/tmp/sb/console.%s'%phase,'wb'); buf=b''; start=time.time()
# what to wait for, what to send
DOWN=b'\x1b[B'
steps = [(b'Booting in', b'\r', 5), (None, DOWN, 3), (None, b'\r', 5), (None, DOWN, 3), (None, b'\r', 5), (None, DOWN, 3), (None, b'\r', 5), (None, b'12345678\r', 8), (None, b'\r', 5)]
i=0; done=0
while q.poll() is None and time.time()-start < limit:
    try:
        d=s.recv(65536)
        if not d: break
        log.write(d); log.flush(); buf+=d
    except BlockingIOError:
        time.sleep(0.2)
    if i < len(steps) and (i or steps[0][0] in buf):
        if i == 0 or time.time() > due:
            print('step', i, round(time.time()-start), flush=True); log.write(b'\n<<<%d>>>\n' % i); s.send(steps[i][1]); due=time.time()+steps[i][2]; i+=1
    while b'SB: DONE' in buf:
        done+=1; buf=buf.split(b'SB: DONE',1)[1]; print('done', done, round(time.time()-start), flush=True)
    if done >= (2 if phase=='1' else 1): time.sleep(1); break
q.kill(); q.wait()
print('took', round(time.time()-start), 'steps', i, 'done', done)

// Keeps files and what was chosen with them while the user signs in again: in the browser's database, for this tab only.

const DATABASE = "epsm-kept";
const STORE = "files";
const KEY = "epsm.kept-files";

/** Keeps a value, which may have files in it. @param {unknown} value */
export async function keep(value) {
  try {
    const id = crypto.randomUUID();
    await within("readwrite", (store) => {
      // What another tab left behind and nobody came back for.
      store.clear();
      return store.put(value, id);
    });
    sessionStorage.setItem(KEY, id);
  } catch {
    // A browser without a database keeps nothing.
  }
}

/** Returns what was kept in this tab, once; null when there is nothing. @returns {Promise<any>} */
export async function takeKept() {
  try {
    const id = sessionStorage.getItem(KEY);
    if (id === null) return null;
    sessionStorage.removeItem(KEY);
    const value = await within("readonly", (store) => store.get(id));
    await within("readwrite", (store) => store.clear());
    return value ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>}
 */
function within(mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(request.result);
      };
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    };
  });
}

// Before anything is painted: what was chosen here last. Without a choice the page looks as the system does.
document.documentElement.dataset.theme = localStorage.getItem('theme') ?? '';
